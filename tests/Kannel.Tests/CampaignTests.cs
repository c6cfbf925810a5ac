using Connect.Campaigns;
using Connect.Kannel.Tests.Support;
using Connect.Messaging;
using Connect.Silo.Gateways.Kannel;
using Connect.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Connect.Kannel.Tests;

/// <summary>Campaigns of the whole program through a real Kannel, in good weather: what the carrier gets, what is reported, and what people reply.</summary>
public sealed class CampaignTests(SharedKannel shared) : IClassFixture<SharedKannel>
{
    private const string Text = "Two for one on Tuesday at The Anchor. Reply STOP to opt out.";

    [Fact]
    public async Task Personalised_texts_arrive_whole_each_at_its_price_and_those_that_no_carrier_takes_are_free()
    {
        using var desk = await shared.Desk("texts", credits: 100);
        var story = string.Concat(Enumerable.Repeat("A long evening at The Anchor. ", 12));
        (string To, string Name, string Story, int Credits)[] people =
        [
            ("+61400100001", "Ada", "", 1),
            ("+61400100002", "Łucja", "", 1),
            ("+61400100003", "Zoë {x} [€] ~|^\\", "", 1),
            ("+61400100004", "", "", 1),
            ("+61400100005", "Bill", story, 3),
            ("+61400100006", "Łucja", story[..120], 2),
            ("+61499000007", "Denied", "", 0),
            ("+61400100008", "😀😀", "", 1),
        ];
        var id = await desk.Draft("Texts", "Hi {firstName|there}! {story}", people.Select(person => new { to = person.To, fields = new { firstName = person.Name, story = person.Story } }));
        await desk.Send(id);
        var view = await desk.End(id);

        Assert.Equal((CampaignStatus.Completed, 7L, 1L, 0L, people.Sum(person => person.Credits)), (view.Status, view.Sent, view.Failed, view.Unknown, view.CreditsUsed));
        Assert.Equal(100 - view.CreditsUsed, await desk.Client.Available());
        await desk.Delivered(id, 7);
        foreach (var (to, name, told, credits) in people)
            Assert.Equal(credits == 0 ? [] : [$"Hi {(name.Length == 0 ? "there" : name)}! {told}"], shared.Kannel.Carrier.Texts(to));
        Assert.All(shared.Kannel.Carrier.Parts.Where(part => people.Any(person => person.To == part.To)), part => Assert.Equal("+61480000000", part.From));
        await desk.ExpectConservation();
    }

    [Fact]
    public async Task Reports_count_in_any_order_and_once_however_often_they_come_and_a_forged_one_not_at_all()
    {
        using var desk = await shared.Desk("reports", credits: 10);
        var id = await desk.Draft("Reports", Text, [new { to = "+61400200001" }, new { to = "+61400200002" }]);
        await desk.Send(id);
        await desk.Delivered(id, 2);

        // The carrier's own reports are in; these come late, again, in the wrong order, or from somebody else.
        using var http = shared.Program.Http();
        foreach (var (row, type) in new[] { (0, 8), (0, 2), (1, 16), (1, 1), (0, 4), (1, 8), (0, 1) })
            (await http.GetAsync(KannelProgram.Report(Ticket(row), type))).EnsureSuccessStatusCode();
        (await http.GetAsync(KannelProgram.Report(Ticket(77), 2))).EnsureSuccessStatusCode();
        var forged = KannelProgram.Report(Ticket(0), 2).Replace("?m=", "?m=A", StringComparison.Ordinal);
        Assert.False((await http.GetAsync(forged)).IsSuccessStatusCode);

        var view = await desk.View(id);
        Assert.Equal((2L, 2L, 0L, 0L), (view.Sent, view.Delivered, view.Undelivered, view.Unknown));

        DeliveryTicket Ticket(int row) => new() { AccountId = "reports", Kind = MessageKind.Campaign, CampaignId = id, MessageId = $"{id}:{row}" };
    }

    [Fact]
    public async Task A_reply_of_STOP_opts_out_and_the_next_campaign_passes_that_number_over_free_of_charge()
    {
        const string silent = "+61400300002";
        using var desk = await shared.Desk("replies", credits: 10);
        var people = new[] { new { to = "+61400300001" }, new { to = silent } };
        var first = await desk.Draft("First", Text, people);
        await desk.Send(first);
        await desk.Delivered(first, 2);

        await shared.Quiet();
        await shared.Kannel.Reply(silent, "+61480000000", "Stop, please");
        var optOuts = shared.Program.Services.GetRequiredService<IGrainFactory>().GetGrain<IOptOutsGrain>(IOptOutsGrain.Everybody);
        await Eventually.True("the number is opted out", async () => (await optOuts.Which([61400300002])).Length == 1, shared.Kannel.Tell);

        var second = await desk.Draft("Second", Text, people);
        await desk.Send(second);
        var view = await desk.End(second);
        Assert.Equal((CampaignStatus.Completed, 1L, 1L, 1L), (view.Status, view.Sent, view.Skipped, view.CreditsUsed));
        await desk.Delivered(second, 1);
        Assert.Equal((2, 1), (shared.Kannel.Carrier.Texts("+61400300001").Count, shared.Kannel.Carrier.Texts(silent).Count));
        Assert.Equal(7, await desk.Client.Available());
    }

    [Fact]
    public async Task Neither_secrets_nor_numbers_are_in_the_logs()
    {
        using var desk = await shared.Desk("logs", credits: 10);
        var id = await desk.Draft("Logs", Text, [new { to = "+61400400001" }, new { to = "+61499400002" }]);
        await desk.Send(id);
        await desk.Delivered(id, 1);
        var lines = shared.Program.Log.Lines;
        Assert.NotEmpty(lines);
        foreach (var secret in new[] { KannelServer.Password, KannelProgram.Secret, "61400400001", "61499400002" })
            Assert.DoesNotContain(lines, line => line.Words.Contains(secret, StringComparison.Ordinal));
    }
}

/// <summary>A Kannel and a program that uses it, for tests that break neither.</summary>
public sealed class SharedKannel : IAsyncLifetime
{
    internal KannelServer Kannel { get; private set; } = null!;

    internal KannelProgram Program { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var url = KannelProgram.Address();
        Kannel = await KannelServer.Start(new() { InboundUrl = KannelProgram.InboundUrl(url) });
        Program = await KannelProgram.Start(url, Kannel.Url);
    }

    public async Task DisposeAsync()
    {
        await Program.DisposeAsync();
        Kannel.Dispose();
    }

    internal Task<Desk> Desk(string account, long credits) => Support.Desk.Open(Program, account, credits);

    /// <summary>Returns when nothing is on its way to the carrier.</summary>
    internal Task Quiet() => Kannel.Quiet();
}
