import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export type Row = Readonly<Record<string, string | number | null>>;

const endOfAnswer = "--- end of answer";

interface Question {
  readonly lines: string[];
  resolve(rows: Row[]): void;
  reject(error: Error): void;
}

/** How a database's own shell is run, asked, and understood. */
interface Shell {
  readonly program: string;
  readonly args: readonly string[];
  ask(sql: string, end: string): string;
  /** What the shell prints where there are no rows. */
  readonly nothing: string;
}

/** Reads the database beside the nodes, through its own shell. */
export class Database {
  readonly #how: Shell;
  readonly #questions: Question[] = [];
  #shell: ChildProcessWithoutNullStreams | undefined;

  private constructor(how: Shell) {
    this.#how = how;
  }

  static sqlite(path: string): Database {
    return new Database({
      program: "sqlite3",
      args: ["-batch", "-json", "-cmd", ".timeout 10000", path],
      ask: (sql, end) => `${sql};\n.print ${end}\n`,
      nothing: "",
    });
  }

  static postgresql(url: string): Database {
    return new Database({
      program: "psql",
      args: ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", url],
      ask: (sql, end) => `SELECT coalesce(json_agg(answer), '[]') FROM (${sql}) answer;\n\\echo ${end}\n`,
      nothing: "[]",
    });
  }

  query(sql: string): Promise<Row[]> {
    this.#shell ??= this.#open();
    const shell = this.#shell;
    return new Promise((resolve, reject) => {
      this.#questions.push({ lines: [], resolve, reject });
      shell.stdin.write(this.#how.ask(sql, endOfAnswer));
    });
  }

  /** Lets go of the database without a word, as a killed process does; the next query opens it again. */
  kill(): void {
    this.#shell?.kill("SIGKILL");
    this.#shell = undefined;
    for (const question of this.#questions.splice(0)) question.reject(new Error("the shell was killed"));
  }

  #open(): ChildProcessWithoutNullStreams {
    const { program, args } = this.#how;
    // What is wrong is said where the answer would be, so that it is known which question it is about.
    const shell = spawn("sh", ["-c", 'exec "$0" "$@" 2>&1', program, ...args]);
    shell.stdin.on("error", () => {});
    shell.on("exit", () => this.#fail(shell));
    createInterface({ input: shell.stdout }).on("line", (line) => {
      if (shell === this.#shell) this.#read(line);
    });
    return shell;
  }

  #read(line: string): void {
    const question = this.#questions[0];
    if (question === undefined) return;
    if (line !== endOfAnswer) {
      question.lines.push(line);
      return;
    }
    this.#questions.shift();
    const rows = this.#rowsIn(question.lines.join("\n"));
    if (rows === undefined) question.reject(new Error(`${this.#how.program}: ${question.lines.join(" ")}`));
    else question.resolve(rows);
  }

  #rowsIn(text: string): Row[] | undefined {
    if (text === this.#how.nothing) return [];
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  #fail(shell: ChildProcessWithoutNullStreams): void {
    if (shell !== this.#shell) return;
    this.#shell = undefined;
    for (const { lines, reject } of this.#questions.splice(0)) {
      reject(new Error(`${this.#how.program} ended: ${lines.join(" ")}`));
    }
  }
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
