using System.Net;
using Connect.Testing;

namespace Connect.Cluster.Tests;

/// <summary>Two silo processes and one API process over a real PostgreSQL; the silo that holds the account is killed with -9 while it debits.</summary>
public sealed class SiloKillTests
{
    private const string Account = "cluster";
    private const int Granted = 1_000_000;
    private const int Callers = 16;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_posted_twice()
    {
        using var program = await ClusteredProgram.Start(PostgresServer.Shared, silos: 2);
        using var client = await CreditsClient.SignIn(program.Url, Account);
        using var operators = await CreditsClient.SignIn(program.Url, Account, "operator");
        await operators.Post($"/v1/operator/accounts/{Account}/grants", new { credits = Granted, reason = "for the test" });
        using var enough = new CancellationTokenSource();
        var acknowledged = 0;
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(() => SendOneAfterAnother(caller))).ToArray();
        await MoreAcknowledged(200);

        program.KillSilo((await operators.Get($"/v1/operator/accounts/{Account}")).GetProperty("silo").GetString()!);

        await MoreAcknowledged(400);
        await enough.CancelAsync();
        await Task.WhenAll(callers);
        var debits = (await client.Ledger()).Where(entry => entry.GetProperty("kind").GetString() == "debit").ToList();
        Assert.Equal(acknowledged, debits.Count);
        Assert.Equal(acknowledged, debits.Select(entry => entry.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(debits, entry => Assert.Equal(-1, entry.GetProperty("credits").GetInt64()));
        Assert.Equal(Granted - acknowledged, await client.Available());
        Assert.Equal(0, (await operators.Get($"/v1/operator/accounts/{Account}")).GetProperty("check").GetProperty("findings").GetArrayLength());

        // A flow for each caller, so that the grains which ask for the debits live on both silos.
        async Task SendOneAfterAnother(int caller)
        {
            for (var message = 0; !enough.IsCancellationRequested; message++)
            {
                await SendUntilAcknowledged(program, client, $"automations/flow-{caller}/messages", $"{caller}-{message}");
                Interlocked.Increment(ref acknowledged);
            }
        }

        Task MoreAcknowledged(int more)
        {
            var goal = Volatile.Read(ref acknowledged) + more;
            return Eventually.True($"{more} more debits are acknowledged", async () =>
            {
                if (callers.FirstOrDefault(caller => caller.IsFaulted) is { } failed)
                    await failed;
                return Volatile.Read(ref acknowledged) >= goal;
            });
        }
    }

    /// <summary>What a careful caller does: the same request with the same key until there is an answer.</summary>
    private static Task SendUntilAcknowledged(ClusteredProgram program, CreditsClient client, string path, string key)
    {
        var last = "";
        return Eventually.True($"message {key} is acknowledged", async () =>
        {
            try
            {
                var answer = await client.Send(HttpMethod.Post, path, new { to = "+61400000001", text = "Your table is ready." }, key);
                last = $"{answer.Status}: {answer.Body}";
                return answer.Status switch
                {
                    HttpStatusCode.OK => true,
                    HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => false,
                    _ => throw new InvalidOperationException(last),
                };
            }
            catch (HttpRequestException error)
            {
                last = error.Message;
                return false;
            }
        }, () => $"{last}\n{program.Output}");
    }
}
