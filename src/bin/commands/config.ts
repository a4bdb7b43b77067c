import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Paths } from "../../config/paths.ts";
import type { RespondSettings } from "../../config/settings.ts";
import { listedIn } from "../../config/untouchables.ts";
import { printable } from "../../core/printable.ts";
import { type Configuration, loadConfiguration } from "../judge.ts";
import { bundle } from "../place.ts";
import { loadWithSigns } from "../sign-notices.ts";
import { type Context, contextOf } from "./command.ts";
import { replaceFile } from "./write.ts";

/**
 * `stockade config check [FILE]`: the code of start and reload, without starting anything. FILE stands for the settings before
 * it takes their place; all else is read where it is.
 */
export function checkConfig(file: string | undefined, options: unknown): void {
  const context = contextOf(options);
  const paths = { ...context.paths, ...(file !== undefined && { settings: resolve(file) }) };
  tell({ ...context, paths }, loadWithSigns(paths));
}

/** `stockade config compile`: checks, then writes what the responder may know; run by root before it starts. */
export function compileConfig(options: unknown): void {
  const { paths, warn } = contextOf(options);
  const { settings, notices } = loadConfiguration(paths);
  for (const { file, line, message } of notices) {
    warn(`${file}:${line}: ${printable(message)}`);
  }
  writeRespondSettings(paths.respondSettings, {
    whiteList: listedIn(settings.global),
    commands: settings.commands.map(({ at: _at, ...command }) => command),
  });
}

/**
 * Whether what the responder may know was written after the settings were last touched: a responder that was killed need not
 * wait for it again. The time of the inode, because copies may keep the other one.
 */
export function isCompiled({ respondSettings, settings, settingsFolder }: Paths): boolean {
  try {
    const { mtimeMs } = statSync(respondSettings);
    // Another version may write something else.
    return [settings, settingsFolder, bundle("stockade")].every(
      (path) => statSync(path).ctimeMs < mtimeMs,
    );
  } catch {
    // Not written yet, or no settings: that is told by reading them.
    return false;
  }
}

function writeRespondSettings(file: string, settings: RespondSettings): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  replaceFile(file, settings, 0o640);
}

function tell({ json, say, paths }: Context, configuration: Configuration): void {
  const { settings, rules, notices } = configuration;
  if (json) {
    say(JSON.stringify({ ok: true, settings, rules: rules.tree.rules.size, notices }));
    return;
  }
  for (const { file, line, message } of notices)
    say(`note: ${file}:${line}: ${printable(message)}`);
  const { localFiles, activeResponses, customResponses } = settings;
  say(
    `${paths.settings} is in order: ${rules.tree.rules.size} rules, ${localFiles.length} logs, ` +
      `${activeResponses.length + customResponses.length} active responses`,
  );
}
