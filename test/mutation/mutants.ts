import ts from "typescript";

/** A fault that can be planted: `file` with `replacement` between the offsets `start` and `end`. */
export interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Every fault of the usual kinds in the text of one file, in the order of the text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (hasNoCode(node)) return;
    const changes = kinds.flatMap((kind) => kind(node));
    for (const [at, replacement] of changes) {
      const [start, end] = "kind" in at ? [at.getStart(source), at.end] : [at.pos, at.end];
      found.push({ file, start, end, replacement });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The text of the file with the fault in it. */
export function planted({ start, end, replacement }: Mutant, text: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

export function placeOf({ file, start }: Mutant, text: string): string {
  return `${file}:${text.slice(0, start).split("\n").length}`;
}

/** The place, and the lines that change, before and after; of many, the first. */
export function difference(mutant: Mutant, text: string): string {
  const from = text.lastIndexOf("\n", mutant.start - 1) + 1;
  const rest = text.length - text.indexOf("\n", mutant.end);
  const lines = (all: string) => all.slice(from, -rest).trim().split("\n").slice(0, 4).join("\n  ");
  return `${placeOf(mutant, text)}\n- ${lines(text)}\n+ ${lines(planted(mutant, text))}`;
}

/** What is to be replaced, and by what. */
type Change = readonly [ts.Node | ts.TextRange, string];

function hasNoCode(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** `a < b` becomes `a <= b` (the boundary) and `a >= b` (the opposite), and so on. */
const operators: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "&&": ["||"],
  "||": ["&&"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "&": ["|"],
  "|": ["&"],
  "^": ["|"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
  "+=": ["-="],
  "-=": ["+="],
  "|=": ["&="],
  "&=": ["|="],
};

const kinds: readonly ((node: ts.Node) => readonly Change[])[] = [
  function operator(node) {
    if (!ts.isBinaryExpression(node)) return [];
    const { left, operatorToken, right } = node;
    if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
      return [left, right].map((side) => [node, `(${side.getText()})`]);
    }
    const others = operators[operatorToken.getText()] ?? [];
    return others.map((other) => [operatorToken, other]);
  },
  function step(node) {
    if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return [];
    const operand = node.operand.getText();
    if (node.operator === ts.SyntaxKind.ExclamationToken) return [[node, operand]];
    if (node.operator === ts.SyntaxKind.PlusPlusToken) return [[node, `${operand}--`]];
    return node.operator === ts.SyntaxKind.MinusMinusToken ? [[node, `${operand}++`]] : [];
  },
  function condition(node) {
    if (!ts.isIfStatement(node) && !ts.isWhileStatement(node)) return [];
    const { expression } = node;
    return isTurnedByItself(expression) ? [] : [[expression, `!(${expression.getText()})`]];
  },
  function ternary(node) {
    if (!ts.isConditionalExpression(node) || isTurnedByItself(node.condition)) return [];
    const [condition, yes, no] = [node.condition, node.whenTrue, node.whenFalse];
    return [[node, `${condition.getText()} ? ${no.getText()} : ${yes.getText()}`]];
  },
  function elseBranch(node) {
    if (!ts.isIfStatement(node) || !node.elseStatement) return [];
    return [[{ pos: node.thenStatement.end, end: node.elseStatement.end }, ""]];
  },
  function literal(node) {
    if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, "false"]];
    if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, "true"]];
    if (ts.isRegularExpressionLiteral(node)) return [[node, "/(?:)/"]];
    if (ts.isArrayLiteralExpression(node)) return node.elements.length > 0 ? [[node, "[]"]] : [];
    if (!ts.isNumericLiteral(node)) return [];
    const value = Number(node.text);
    return [value + 1, value - 1].map((other) => [node, `(${other})`]);
  },
  function string(node) {
    if (!ts.isStringLiteralLike(node)) return [];
    const isName = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
    return isName ? [] : [[node, node.text === "" ? '"planted"' : '""']];
  },
  function statement(node) {
    const isAct =
      ts.isExpressionStatement(node) ||
      ts.isThrowStatement(node) ||
      ts.isBreakOrContinueStatement(node) ||
      (ts.isReturnStatement(node) && !node.expression);
    return isAct ? [[node, ";"]] : [];
  },
  function result(node) {
    const value = ts.isReturnStatement(node)
      ? node.expression
      : ts.isArrowFunction(node) && !ts.isBlock(node.body) && node.body;
    return value && value.getText() !== "undefined" ? [[value, "undefined"]] : [];
  },
];

/** Whether turning it is already a fault of another kind, so not to plant the same one twice. */
function isTurnedByItself(expression: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(expression)) return true;
  if (!ts.isBinaryExpression(expression)) return false;
  return /^([<>]=?|[!=]==)$/.test(expression.operatorToken.getText());
}
