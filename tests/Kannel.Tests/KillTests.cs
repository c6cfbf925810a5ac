using System.Globalization;
using System.Text.Json;
using Connect.Kannel.Tests.Support;
using Connect.Testing;
using Xunit.Abstractions;

namespace Connect.Kannel.Tests;

/// <summary>The program in its large shape, a silo and an API on PostgreSQL, while what it stands on is killed under it: Kannel, and then the database.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string Account = "kills";
    private const int Recipients = 1_200;

    // So that the campaign is under way for three seconds, however quick the machine is.
    private const int PerSecond = 400;

    [Fact]
    public async Task A_campaign_survives_kill_9_of_the_whole_gateway_and_a_crash_of_the_database_in_its_middle()
    {
        using var server = PostgresServer.Start();
        using var kannel = await KannelServer.Start(new() { Logs = true });
        var url = KannelProgram.Address();
        using var program = await ClusteredProgram.Start(server, silos: 1, url, KannelProgram.Settings(url, kannel.Url, ("Messaging:MaxPerSecond", $"{PerSecond}")));
        using var client = await CreditsClient.SignIn(url, Account);
        using var operators = await CreditsClient.SignIn(url, Account, "operator");
        await operators.Post($"/v1/operator/accounts/{Account}/grants", new { credits = Recipients, reason = "for the test" });
        var numbers = Enumerable.Range(0, Recipients).Select(number => string.Create(CultureInfo.InvariantCulture, $"+614{number:D8}")).ToArray();
        var id = await client.Draft("Kills", "Two for one on Tuesday at The Anchor. Reply STOP to opt out.", numbers);
        await client.Post($"campaigns/{id}/send");

        await Arrived(Recipients / 4);
        await kannel.KillBoxes();
        await Until("the send waits for the gateway", view => view.GetProperty("waitingForGatewaySince").ValueKind == JsonValueKind.String);
        await kannel.StartBoxes();
        await kannel.Linked();

        await Arrived(Recipients / 2);
        server.Crash();
        server.Restart();

        var view = await Until("it ends", view => view.GetProperty("endedAt").ValueKind == JsonValueKind.String);
        var (sent, unknown) = (Count(view, "sent"), Count(view, "unknown"));
        Assert.Equal(
            ("completed", (long)Recipients, 0L, 0L, 0L, (long)Recipients),
            (view.GetProperty("status").GetString(), sent + unknown, Count(view, "failed"), Count(view, "skipped"), Count(view, "remaining"), Count(view, "creditsUsed")));
        Assert.Equal(0, await client.Available());
        Assert.Equal(0, (await operators.Get($"/v1/operator/accounts/{Account}")).GetProperty("check").GetProperty("findings").GetArrayLength());

        // What Kannel acknowledged arrives through its death. It may itself send again what it had just sent when it was killed, and a message that it was just storing is in its store for ever, unreadable.
        var rows = await client.Recipients(id);
        var acknowledged = rows.Where(row => row.GetProperty("status").GetString() == "sent").Select(row => row.GetProperty("to").GetString()!).ToArray();
        await Eventually.True("all that was acknowledged has arrived", () => Task.FromResult(!acknowledged.Except(kannel.Carrier.Receivers).Any()), kannel.Tell);
        // Nobody was handed over twice, by the log of the box that answers.
        var taken = await kannel.Taken();
        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.Empty(taken.Except(numbers));
        var received = kannel.Carrier.Receivers.ToHashSet();
        Assert.Empty(received.Except(taken));
        await Tell($"Kannel and PostgreSQL killed under {Recipients:N0} recipients: sent {sent:N0}, unknown {unknown:N0}, handed over {taken.Count:N0}, at the carrier {received.Count:N0}, nobody twice, "
            + $"{Count(view, "creditsUsed"):N0} credits used.");

        Task Arrived(int parts) => Eventually.True($"{parts} have arrived", () => Task.FromResult(kannel.Carrier.Count >= parts), () => kannel.Tell() + program.Output);

        // While the database is away there is no answer.
        async Task<JsonElement> Until(string what, Func<JsonElement, bool> reached)
        {
            var last = new Answer(default, "");
            await Eventually.True(
                what,
                async () => (last = await client.Send(HttpMethod.Get, $"campaigns/{id}")) is { Status: System.Net.HttpStatusCode.OK } && reached(last.Json()),
                () => $"{last} {kannel.Tell()} {program.Output}");
            return last.Json();
        }
    }

    private static long Count(JsonElement view, string name) => view.GetProperty(name).GetInt64();

    private async Task Tell(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("REPORT") is { Length: > 0 } file)
            await File.AppendAllTextAsync(file, line + "\n");
    }
}
