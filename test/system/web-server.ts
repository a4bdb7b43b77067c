import { expect, test } from "vitest";
import { addresses, on, tryOn, write } from "./hosts.ts";
import { actionsOn, alerts, untilBoth } from "./records.ts";
import { stage, until } from "./until.ts";

const { formGuesser: guesser } = addresses;

/** A web server that is installed after Stockade, and of which nobody tells Stockade. */
export function webServerClaims(): void {
  test("a wrong password at a site is one alert, and the eighth leads to a block", async () => {
    await stage("install nginx", installNginx);
    await logIn(7);
    await until("seven alerts", 20, async () => (await refusals()) === 7);
    expect(await actionsOn(guesser)).toEqual([]);
    await logIn(1);
    const [add] = await stage("wrong passwords → block", () => untilBoth("add", guesser, 20));
    expect(add?.rule).toBe("305042");
    expect(await refusals()).toBe(7);
  });
}

/** Port 80 is taken, so its default site cannot start; a log for each site is what most admins have. */
async function installNginx(): Promise<void> {
  await on(
    "server",
    "apt-get",
    "-qq",
    "install",
    "--yes",
    "--no-install-recommends",
    "nginx-light",
  );
  await on("server", "rm", "/etc/nginx/sites-enabled/default");
  await write(
    "/etc/nginx/conf.d/shop.conf",
    "server { listen 8080; access_log /var/log/nginx/shop-access.log; location /login { return 401; } }\n",
  );
  await on("server", "systemctl", "restart", "nginx");
}

async function logIn(times: number): Promise<void> {
  const options = ["--silent", "--max-time", "3", "--interface", guesser, "--data", "user=admin"];
  for (let time = 0; time < times; time += 1) {
    const { stdout } = await tryOn(
      "attacker",
      ...["curl", ...options, "--output", "/dev/null", "--write-out", "%{http_code}"],
      `http://${addresses.server}:8080/login`,
    );
    expect(stdout).toBe("401");
  }
}

async function refusals(): Promise<number> {
  const records = await alerts();
  return records.filter((text) => text.includes("Rule: 305040 ") && text.includes(guesser)).length;
}
