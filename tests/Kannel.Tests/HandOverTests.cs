using Connect.Grains.Messaging;
using Connect.Kannel.Tests.Support;
using Connect.Testing;

namespace Connect.Kannel.Tests;

/// <summary>The gateway alone against a real Kannel: what is handed over is what the carrier gets.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private KannelServer kannel = null!;
    private Silo.Gateways.Kannel.KannelGateway gateway = null!;
    private int numbers;

    public async Task InitializeAsync()
    {
        kannel = await KannelServer.Start();
        gateway = TestOptions.Gateway(TestOptions.For(kannel.Url));
    }

    public Task DisposeAsync()
    {
        gateway.Dispose();
        kannel.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Texts_arrive_as_they_were_in_as_many_parts_as_carriers_cut()
    {
        // Parts carry the header that hides how they are coded, and what is in them escaped: so these texts are all joined from parts.
        var basic = new string([.. GsmAlphabet.Basic]);
        await Arrives(basic + basic, 2);
        await Arrives(string.Concat(Enumerable.Repeat(GsmAlphabet.Extension, 10)), 2);
        await Arrives(new string('x', 152) + "€ ends the first part early", 2);
        await Arrives(new string('x', 160), 1);
        await Arrives(new string('x', 161), 2);
        await Arrives(new string('x', 459), 3);
        // Three parts of 160 as they are sold are four of 153 at the carrier.
        await Arrives(new string('x', 480), 4);
        await Arrives("  blanks at both ends  ", 1);

        await Arrives(new string('Ж', 70), 1);
        await Arrives(new string('Ж', 71), 2);
        await Arrives(new string('Ж', 210), 4);
        await Arrives("Grüße, Łucja, für 5 € {x}", 1);
        await Arrives(string.Concat(Enumerable.Repeat("Ж", 66)) + "😀😀😀", 2);
    }

    [Fact]
    public async Task A_text_that_Kannel_would_cut_is_refused_and_none_of_it_is_sent()
    {
        await Refused(new string('x', 613), "needs 5 parts at the carrier, Kannel:MaxMessages is 4");
        await Refused(new string('Ж', 269), "needs 5 parts at the carrier, Kannel:MaxMessages is 4");
        await Arrives(new string('x', 612), 4);
        Assert.Equal(4, kannel.Carrier.Count);

        async Task Refused(string text, string reason) =>
            Assert.Equal(new HandOver(HandOverOutcome.Refused, reason), await gateway.Send(TestOptions.Message("+61400000001", text)));
    }

    [Fact]
    public async Task A_number_that_no_carrier_takes_is_refused()
    {
        Assert.Equal(new HandOver(HandOverOutcome.Refused, "403 Not routable. Do not try again."), await gateway.Send(TestOptions.Message(KannelServer.DeniedPrefix + "000001", "hello")));
        Assert.Equal(0, kannel.Carrier.Count);
    }

    [Fact]
    public async Task While_an_operator_has_stopped_the_carrier_a_number_is_not_refused_but_waits_and_a_denied_one_is_refused_again_afterwards()
    {
        var options = TestOptions.For(kannel.Url);
        (options.StatusUrl, options.StatusPassword) = (kannel.StatusUrl.ToString(), KannelServer.AdminPassword);
        using var asking = TestOptions.Gateway(options);
        Assert.Equal(HandOverOutcome.Refused, (await asking.Send(TestOptions.Message(KannelServer.DeniedPrefix + "000001", "hello"))).Outcome);
        await kannel.StopCarrier();
        var waits = new HandOver(HandOverOutcome.Unavailable, "403 Not routable: no carrier link is on duty");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(number => asking.Send(TestOptions.Message($"+614000000{number:D2}", "hello")))), answer => Assert.Equal(waits, answer));
        Assert.Equal(HandOverOutcome.Refused, (await gateway.Send(TestOptions.Message("+61400000001", "hello"))).Outcome);
        await kannel.StartCarrier();
        Assert.Equal(HandOverOutcome.Accepted, (await asking.Send(TestOptions.Message("+61400000001", "hello"))).Outcome);
        Assert.Equal(HandOverOutcome.Refused, (await asking.Send(TestOptions.Message(KannelServer.DeniedPrefix + "000001", "hello"))).Outcome);
        // A page that can not be read decides nothing.
        options.StatusUrl = "http://127.0.0.1:9/status.xml";
        using var wrong = TestOptions.Gateway(options);
        await kannel.StopCarrier();
        Assert.Equal(HandOverOutcome.Refused, (await wrong.Send(TestOptions.Message("+61400000001", "hello"))).Outcome);
    }

    [Fact]
    public async Task The_phone_shows_the_accounts_own_sender_or_else_the_gateways()
    {
        await gateway.Send(TestOptions.Message("+61400000001", "one"));
        await gateway.Send(TestOptions.Message("+61400000002", "two", from: "+61480000000"));
        await Eventually.True("both arrive", () => Task.FromResult(kannel.Carrier.Count == 2));
        Assert.Equal([("The Anchor", "+61400000001"), ("+61480000000", "+61400000002")], kannel.Carrier.Parts.OrderBy(part => part.To).Select(part => (part.From, part.To)));
    }

    [Fact]
    public async Task While_the_carrier_is_not_linked_messages_are_taken_and_arrive_later()
    {
        await kannel.CutLink();
        Assert.Equal(HandOverOutcome.Accepted, (await gateway.Send(TestOptions.Message("+61400000001", "later"))).Outcome);
        // What is queued is on disk: it outlives the gateway's own restart.
        await kannel.StopBoxes();
        await kannel.StartBoxes();
        Assert.Equal(0, kannel.Carrier.Count);
        await kannel.RestoreLink();
        await Eventually.True("it arrives", () => Task.FromResult(kannel.Carrier.Count == 1), kannel.Tell);
    }

    [Fact]
    public async Task With_another_password_it_is_unavailable_until_that_is_repaired()
    {
        await kannel.StopBoxes();
        kannel.ChangePassword("another");
        await kannel.StartBoxes();
        var answer = await gateway.Send(TestOptions.Message("+61400000001", "hello"));
        Assert.Equal(new HandOver(HandOverOutcome.Unavailable, "403 Authorization failed for sendsms"), answer);
    }

    [Fact]
    public async Task Too_much_waiting_for_the_carrier_is_unavailable_and_not_lost()
    {
        using var small = await KannelServer.Start(new() { QueueLimit = 2 });
        using var toSmall = TestOptions.Gateway(TestOptions.For(small.Url));
        await small.CutLink();
        var outcomes = new List<HandOver>();
        for (var number = 0; number < 6; number++)
            outcomes.Add(await toSmall.Send(TestOptions.Message($"+6140000000{number}", "hello")));
        Assert.Equal(HandOverOutcome.Accepted, outcomes[0].Outcome);
        Assert.Equal(new HandOver(HandOverOutcome.Unavailable, "503 Temporal failure, try again later."), outcomes[^1]);
        await small.RestoreLink();
        var taken = outcomes.Count(outcome => outcome.Outcome == HandOverOutcome.Accepted);
        await Eventually.True("what was taken arrives", () => Task.FromResult(small.Carrier.Count == taken), small.Tell);
    }

    private async Task Arrives(string text, int parts)
    {
        var to = $"+614000{++numbers:D5}";
        Assert.Equal(HandOverOutcome.Accepted, (await gateway.Send(TestOptions.Message(to, text))).Outcome);
        await Eventually.Of($"{parts} parts arrive", () => Task.FromResult(kannel.Carrier.Parts.Count(part => part.To == to)), count => count >= parts);
        Assert.Equal(parts, kannel.Carrier.Parts.Count(part => part.To == to));
        Assert.Equal([text], kannel.Carrier.Texts(to));
    }
}
