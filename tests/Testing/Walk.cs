using System.Text.Json;

namespace Connect.Testing;

/// <summary>
/// The main job from end to end, over HTTP: buy 1,000 credits, send to 1,500 recipients, see it stop at exactly the right one, duplicate the remaining, top up, finish, and let the rest expire.
/// Every step is checked; a step that is not as it must be throws. With kills, the process is ended by kill -9 in the middle of the first send and of the second purchase.
/// </summary>
public sealed class Walk(Action<string> say, bool kills)
{
    private const string Account = "walk";
    private const int Recipients = 1_500;
    private const int Bought = 1_000;
    private static readonly string[] Numbers = [.. Enumerable.Range(0, Recipients).Select(row => $"+614{row:D8}")];

    /// <summary>Walks.</summary>
    public async Task Run()
    {
        using var program = await EmbeddedProgram.Start();
        say($"The program runs at {program.Url}.");
        var client = await program.SignIn(Account);
        await client.AddCard();
        var first = await client.Buy(Bought);
        Expect("the purchase succeeds", first.GetProperty("status").GetString() == "succeeded", first);
        Expect("1,000 credits are there", await client.Available() == Bought);
        say($"Bought {Bought:N0} credits for {Money(first)}.");

        if (kills)
            await client.SlowGateway(20);
        var campaign = await client.Draft("Tuesday", "Two for one on Tuesday at The Anchor.", Numbers);
        await client.Post($"campaigns/{campaign}/send");
        if (kills)
        {
            await Eventually.Of("some messages are sent", () => client.Messages(campaign), messages => messages.Count > 100);
            await program.KillAndStartAgain();
            client.Dispose();
            client = await program.SignIn(Account);
            say("kill -9 in the middle of the send; started again.");
        }

        var stopped = await client.EndOfCampaign(campaign);
        Expect("it stops out of credits", stopped.Status == "stopped_out_of_credits", stopped);
        Expect("exactly 1,000 are paid for", stopped is { Total: Recipients, Skipped: 0, Remaining: Recipients - Bought, CreditsUsed: Bought } && stopped.Sent + stopped.Unknown == Bought, stopped);
        Expect("without a kill nothing is in doubt", kills || stopped.Unknown == 0, stopped);
        Expect("nothing is left", await client.Available() == 0);
        await ExpectOnlyOnce(client, campaign, Numbers[..Bought], stopped);
        say($"Sent to {Recipients:N0} recipients: stopped after {stopped.Sent + stopped.Unknown:N0} (sent {stopped.Sent:N0}, may have been sent {stopped.Unknown:N0}), {stopped.Remaining:N0} remain.");

        var duplicate = (await client.Post($"campaigns/{campaign}/duplicate")).GetProperty("id").GetString()!;
        var rest = await client.Recipients(duplicate);
        Expect("the duplicate holds exactly the remaining", rest.Select(recipient => recipient.GetProperty("to").GetString()).SequenceEqual(Numbers[Bought..]));
        say($"Duplicated for the remaining {rest.Count:N0}.");

        JsonElement second;
        if (kills)
        {
            (second, client) = await BuyThroughKill(program, client);
            say("kill -9 in the middle of the purchase; started again.");
        }
        else
        {
            second = await client.Buy(Bought);
        }

        Expect("the second purchase succeeds", second.GetProperty("status").GetString() == "succeeded", second);
        Expect("1,000 credits are there again", await client.Available() == Bought);
        Expect("each purchase is charged once", (await client.Charges()).SequenceEqual([CreditsClient.Paid(first), CreditsClient.Paid(second)]));
        say($"Topped up {Bought:N0} credits for {Money(second)}; each purchase is charged once.");

        await client.Post($"campaigns/{duplicate}/send");
        var finished = await client.EndOfCampaign(duplicate);
        Expect("the rest is sent", finished is { Status: "completed", Total: Recipients - Bought, Sent: Recipients - Bought, Unknown: 0, Remaining: 0, CreditsUsed: Recipients - Bought }, finished);
        await ExpectOnlyOnce(client, duplicate, Numbers[Bought..], finished);
        say($"Sent to the remaining {finished.Sent:N0}: nobody received the message twice.");

        await client.AdvanceClock(TimeSpan.FromDays(91));
        const int expired = 2 * Bought - Recipients;
        Expect("nothing is left after 91 days", await client.Available() == 0);
        var ledger = await client.Ledger();
        var expiry = ledger.Single(entry => entry.GetProperty("kind").GetString() == "expire");
        Expect("the rest expires", expiry.GetProperty("credits").GetInt64() == -expired, expiry);
        Expect("the ledger adds up", ledger.Sum(entry => entry.GetProperty("credits").GetInt64()) == 0 && Sum(ledger, "grant") == 2 * Bought && Sum(ledger, "debit") + Sum(ledger, "reversal") == -Recipients);
        await ExpectConservation(program);
        say($"91 days later the other {expired:N0} have expired: {2 * Bought:N0} bought = {Recipients:N0} spent + {expired:N0} expired. Conservation holds.");
        client.Dispose();
    }

    private static async Task<(JsonElement Purchase, CreditsClient Client)> BuyThroughKill(EmbeddedProgram program, CreditsClient client)
    {
        // The charge happens, and its answer is late: the process dies in between.
        var quote = await client.Quote(Bought);
        var chargesBefore = (await client.Charges()).Count;
        await client.Post("/sandbox/stripe/faults", new { rules = new[] { new { pathContains = "/confirm", when = "after", kind = "slow", delayMs = 20_000 } } });
        var cutOff = client.Send(HttpMethod.Post, "purchases", new { quoteId = quote }, client.NewKey());
        await Eventually.Of("the card is charged", client.Charges, charges => charges.Count > chargesBefore);
        await program.KillAndStartAgain();
        await ((Task)cutOff).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Dispose();

        client = await program.SignIn(Account);
        return (await client.EndOfPurchase(quote), client);
    }

    private static async Task ExpectOnlyOnce(CreditsClient client, string campaign, string[] allowed, CampaignFigures figures)
    {
        var messages = await client.Messages(campaign);
        var received = messages.ToHashSet();
        Expect("nobody receives a message twice", received.Count == messages.Count);
        Expect("only paid recipients receive it", received.IsSubsetOf(allowed));
        Expect("what the gateway took is what counts as sent", messages.Count >= figures.Sent && messages.Count <= figures.Sent + figures.Unknown, $"{messages.Count} received, {figures}");
        var statuses = (await client.Recipients(campaign)).ToDictionary(recipient => recipient.GetProperty("to").GetString()!, recipient => recipient.GetProperty("status").GetString());
        Expect("who counts as sent has received it", statuses.Where(recipient => recipient.Value == "sent").All(recipient => received.Contains(recipient.Key)));
    }

    private static async Task ExpectConservation(EmbeddedProgram program)
    {
        using var operators = await program.SignIn(Account, "operator");
        var check = (await operators.Get($"/v1/operator/accounts/{Account}")).GetProperty("check");
        Expect("conservation holds", check.GetProperty("findings").GetArrayLength() == 0, check);
    }

    private static long Sum(IEnumerable<JsonElement> ledger, string kind) =>
        ledger.Where(entry => entry.GetProperty("kind").GetString() == kind).Sum(entry => entry.GetProperty("credits").GetInt64());

    private static string Money(JsonElement purchase) => $"A${CreditsClient.Paid(purchase) / 100m:N2}";

    private static void Expect(string what, bool holds, object? found = null)
    {
        if (!holds)
            throw new InvalidOperationException($"Expected that {what}. {found}");
    }
}
