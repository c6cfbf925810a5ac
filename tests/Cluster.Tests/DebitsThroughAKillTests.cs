using System.Collections.Concurrent;
using Connect.Accounts;
using Connect.Silo;
using Connect.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Connect.Cluster.Tests;

/// <summary>
/// Many callers debit one account as fast as it answers. The database is made to hold the appends up, and just then the silo is killed with -9: an answer that had been given before its entry
/// was durable would be missing afterwards. The append that was held up still arrives, after its silo is dead: nobody may post on top of a state without it.
/// </summary>
public sealed class DebitsThroughAKillTests
{
    private const int Callers = 128;

    [Fact]
    public async Task Every_acknowledged_debit_is_in_the_ledger_once_and_none_is_there_twice()
    {
        using var program = await ClusteredProgram.Start(PostgresServer.Shared, silos: 2);
        using var client = await Client(program.PostgreSql);
        var account = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>("busy");
        await Repeat(() => account.Open(new() { OperationId = "open" }));
        await Repeat(() => account.Grant(new() { OperationId = "grant", Credits = 100_000_000, Source = GrantSource.Manual }));
        using var enough = new CancellationTokenSource();
        var acknowledged = new ConcurrentQueue<string>();
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(() => DebitOneAfterAnother(caller))).ToArray();
        await More(5_000);

        var silo = (await account.Inspect()).Silo;
        await using (await HoldAppends(program.PostgreSql))
            program.KillSilo(silo);

        await More(5_000);
        await enough.CancelAsync();
        await Task.WhenAll(callers);
        var posted = await Posted(account);
        Assert.Empty(acknowledged.Except(posted));
        Assert.Equal(acknowledged.Count, posted.Count);
        Assert.Equal(posted.Count, posted.Distinct().Count());
        var check = await account.Check();
        Assert.Empty(check.Findings);
        Assert.Equal(acknowledged.Count, check.FromLedger.Spent);

        async Task DebitOneAfterAnother(int caller)
        {
            for (var debit = 0; !enough.IsCancellationRequested; debit++)
            {
                var operationId = $"{caller}-{debit}";
                await Repeat(() => account.Debit(new() { OperationId = operationId, Credits = 1 }));
                acknowledged.Enqueue(operationId);
            }
        }

        Task More(int more)
        {
            var goal = acknowledged.Count + more;
            return Eventually.True($"{more} more debits are acknowledged", () => Task.FromResult(acknowledged.Count >= goal));
        }
    }

    /// <summary>Locks the ledger against writing until disposed, and returns when an append waits for it.</summary>
    private static async Task<NpgsqlConnection> HoldAppends(string postgreSql)
    {
        var connection = new NpgsqlConnection(postgreSql);
        await connection.OpenAsync();
        await using var hold = new NpgsqlCommand("BEGIN; LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE", connection);
        await hold.ExecuteNonQueryAsync();
        await using var waiting = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE relation = 'ledger'::regclass AND NOT granted", connection);
        await Eventually.True("an append is held up", async () => (long)(await waiting.ExecuteScalarAsync())! > 0);
        return connection;
    }

    private static async Task<IHost> Client(string postgreSql)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([new("Credits:PostgreSql", postgreSql)]);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.AddCreditsClient();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>What every caller does: the same operation id again until there is an answer.</summary>
    private static Task Repeat(Func<Task<PostResult>> call) => Eventually.True("the account answers", async () =>
    {
        try
        {
            Assert.True((await call()).Holds);
            return true;
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            return false;
        }
    });

    private static async Task<List<string>> Posted(IAccountGrain account)
    {
        var posted = new List<string>();
        for (long? after = 0; after is { } from;)
        {
            var page = await account.ReadLedger(from, 1_000);
            posted.AddRange(page.Entries.Where(entry => entry.Kind == EntryKind.Debit).Select(entry => entry.OperationId));
            after = page.NextCursor;
        }

        return posted;
    }
}
