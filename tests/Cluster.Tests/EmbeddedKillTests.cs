using System.Net;
using Connect.Testing;
using Xunit.Abstractions;

namespace Connect.Cluster.Tests;

/// <summary>kill -9 of the embedded program, and a start on the same data.</summary>
public sealed class EmbeddedKillTests(ITestOutputHelper output)
{
    private const string Account = "kill";

    [Fact]
    public Task A_campaign_of_30000_ends_exactly_after_three_kills_without_a_message_handed_over_twice() => new GreatCampaign(output.WriteLine, 30_000, 3).Run();

    [Fact]
    public async Task Purchases_cut_off_by_kills_are_charged_once_and_credited_once()
    {
        using var program = await EmbeddedProgram.Start();
        var client = await program.SignIn(Account);
        await client.AddCard();
        var quotes = new List<(string Quote, string Key)>();
        // Each dies elsewhere: before the intent is made, after it, before the charge, after it.
        foreach (var (path, when) in new[] { ("/payment_intents", "before"), ("/payment_intents", "after"), ("/confirm", "before"), ("/confirm", "after") })
        {
            var (quote, key) = (await client.Quote(1_000), client.NewKey());
            quotes.Add((quote, key));
            await client.Post("/sandbox/stripe/faults", new { rules = new[] { new { method = "POST", pathContains = path, when, kind = "hang" } } });
            var cutOff = client.Send(HttpMethod.Post, "purchases", new { quoteId = quote }, key);
            await Eventually.Of(
                "the fault strikes", () => client.Get("/sandbox/stripe/faults"), faults => faults.GetProperty("rules").GetArrayLength() == 0);
            await program.KillAndStartAgain();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => cutOff);
            client.Dispose();
            client = await program.SignIn(Account);
        }

        var paid = new List<long>();
        foreach (var (quote, key) in quotes)
        {
            // The customer's browser asks again with the key it had.
            await Eventually.True("the repeated request is answered", async () =>
                (await client.Send(HttpMethod.Post, "purchases", new { quoteId = quote }, key)).Status is HttpStatusCode.OK or HttpStatusCode.Accepted);
            var purchase = await client.EndOfPurchase(quote);
            Assert.Equal("succeeded", purchase.GetProperty("status").GetString());
            paid.Add(CreditsClient.Paid(purchase));
        }

        Assert.Equal(4_000, await client.Available());
        Assert.Equal(paid.Sum(), (await client.Charges()).Sum());
        Assert.Equal(4, (await client.Charges()).Count);
        await ConservationHolds(program);
        client.Dispose();
    }

    private static async Task ConservationHolds(EmbeddedProgram program)
    {
        using var operators = await program.SignIn(Account, "operator");
        var check = (await operators.Get($"/v1/operator/accounts/{Account}")).GetProperty("check");
        Assert.Equal(0, check.GetProperty("findings").GetArrayLength());
    }
}
