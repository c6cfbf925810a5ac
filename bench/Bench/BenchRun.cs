using Connect.Testing;
using Spectre.Console;

namespace Connect.Bench;

/// <summary>What the sections share: the server, the options, the yardsticks and a place to tell progress.</summary>
public sealed class BenchRun(PostgresServer server, BenchOptions options)
{
    private readonly Dictionary<int, PgBench> yardsticks = [];
    private readonly IAnsiConsole progress = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>The server that both sides use in turn.</summary>
    public PostgresServer Server { get; } = server;

    /// <summary>What to measure.</summary>
    public BenchOptions Options { get; } = options;

    /// <summary>pgbench over that many rows.</summary>
    public PgBench Yardstick(int rows) => yardsticks.TryGetValue(rows, out var made) ? made : yardsticks[rows] = new PgBench(Server, rows);

    /// <summary>Tells how far it is, beside the table (on standard error).</summary>
    public void Say(string line) => progress.MarkupLineInterpolated($"[grey]{line}[/]");
}
