using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Connect.Testing;

namespace Connect.Bench;

/// <summary>
/// The yardstick: 64 clients of pgbench, each debiting a balance and writing a ledger row in one transaction per debit, on the server that the program uses.
/// It is what a straightforward design would do per debit.
/// </summary>
public sealed partial class PgBench
{
    private const int Clients = 64;

    private readonly PostgresServer server;
    private readonly int rows;

    /// <summary>Makes its tables, with as many balances as asked for, in a database of its own.</summary>
    public PgBench(PostgresServer server, int rows)
    {
        (this.server, this.rows) = (server, rows);
        server.Execute("postgres", $"CREATE DATABASE {Database}");
        server.Execute(Database, $"""
            CREATE TABLE balance (account int PRIMARY KEY, available bigint NOT NULL);
            CREATE TABLE ledger (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int NOT NULL, credits bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
            INSERT INTO balance SELECT account, 1000000000 FROM generate_series(1, {rows}) account;
            """);
        server.Execute(Database, "VACUUM ANALYZE");
    }

    private string Database => $"yardstick_{rows}";

    /// <summary>Runs it for a while; transactions per second.</summary>
    public async Task<double> Run(TimeSpan duration)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, $"""
                \set account random(1, {rows})
                BEGIN;
                UPDATE balance SET available = available - 1 WHERE account = :account;
                INSERT INTO ledger (account, credits) VALUES (:account, -1);
                END;

                """);
            string[] arguments =
            [
                "-n", "-M", "prepared", "-c", $"{Clients}", "-j", "2", "-T", $"{(int)duration.TotalSeconds}", "-f", script,
                "-h", "127.0.0.1", "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", Database,
            ];
            using var process = Process.Start(new ProcessStartInfo(Path.Combine(PostgresServer.FindBinaries(), "pgbench"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 && Tps().Match(output) is { Success: true } match
                ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"pgbench failed: {await errors}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Tps();
}
