using System.Globalization;
using Connect.Campaigns;
using Connect.Kannel.Tests.Support;
using Connect.Testing;
using Xunit.Abstractions;

namespace Connect.Kannel.Tests;

/// <summary>Campaigns of the whole program while Kannel, its carrier or its settings fail and come back: exact counts, nobody twice, and every credit accounted for.</summary>
public sealed class OutageTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Text = "Two for one on Tuesday at The Anchor. Reply STOP to opt out.";

    private KannelServer kannel = null!;
    private KannelProgram program = null!;

    public async Task InitializeAsync()
    {
        kannel = await KannelServer.Start();
        program = await KannelProgram.Start(KannelProgram.Address(), kannel.Url);
    }

    public async Task DisposeAsync()
    {
        await program.DisposeAsync();
        kannel.Dispose();
    }

    [Fact]
    public async Task A_campaign_of_2000_survives_a_restart_of_the_gateway_in_its_middle_and_a_kill_of_the_box_that_answers()
    {
        const int recipients = 2_000;
        using var desk = await Desk.Open(program, "restart", recipients);
        var numbers = Numbers(0, recipients);
        var id = await desk.Draft("Restart", Text, numbers.Select(to => new { to }));
        await desk.Send(id);
        await Eventually.True("a good part is sent", () => Task.FromResult(kannel.Carrier.Count >= recipients / 4), kannel.Tell);
        await kannel.StopBoxes();
        var waiting = await desk.Until("the send waits for the gateway", id, view => view.WaitingForGatewaySince is not null);
        Assert.Equal(CampaignStatus.Sending, waiting.Status);
        Assert.InRange(waiting.Sent + waiting.Unknown, recipients / 4, recipients - 1);

        await kannel.StartBoxes();
        await kannel.Linked();
        await desk.Until("it goes on", id, next => next.Sent >= waiting.Sent + recipients / 8);
        await kannel.KillSmsbox();
        await kannel.StartSmsbox();
        var view = await desk.End(id);
        Assert.Equal((CampaignStatus.Completed, (long)recipients, 0L, 0L, 0L, (long)recipients), (view.Status, view.Sent + view.Unknown, view.Failed, view.Skipped, view.Remaining, view.CreditsUsed));
        Assert.Null(view.WaitingForGatewaySince);
        Assert.Equal(0, await desk.Client.Available());
        // Only what was on its way when the gateway ended can be in doubt: as many as there are connections, each time.
        Assert.InRange(view.Unknown, 0, 2 * 32);
        await desk.ExpectConservation();

        // Everything that Kannel took reaches the carrier, through its restart; everybody once.
        await kannel.Quiet();
        var received = kannel.Carrier.Receivers;
        Assert.Equal(received.Count, received.Distinct().Count());
        var rows = await desk.Client.Recipients(id);
        var sent = rows.Where(row => row.GetProperty("status").GetString() == "sent").Select(row => row.GetProperty("to").GetString()!).ToHashSet();
        Assert.Empty(sent.Except(received));
        Assert.Empty(received.Except(numbers));
        // The box that was killed takes the reports that it held with it; those that came are about messages that arrived.
        var last = await desk.View(id);
        Assert.InRange(last.Delivered, 1, received.Count);
        await Tell($"Kannel, {recipients:N0} recipients: restarted at {waiting.Sent:N0} sent, smsbox killed later: sent {last.Sent:N0}, unknown {last.Unknown:N0}, at the carrier {received.Count:N0}, nobody twice, "
            + $"{last.CreditsUsed:N0} credits used, {last.Delivered:N0} reported as delivered.");
    }

    [Fact]
    public async Task A_campaign_goes_on_through_a_carrier_link_that_is_lost_and_comes_back()
    {
        const int recipients = 300;
        using var desk = await Desk.Open(program, "link", recipients);
        await kannel.CutLink();
        var numbers = Numbers(5_000, recipients);
        var id = await desk.Draft("Link", Text, numbers.Select(to => new { to }));
        await desk.Send(id);
        var view = await desk.End(id);
        Assert.Equal((CampaignStatus.Completed, (long)recipients, 0L), (view.Status, view.Sent, view.Delivered));
        Assert.Equal(0, kannel.Carrier.Count);
        await kannel.RestoreLink();
        await desk.Delivered(id, recipients);
        Assert.Equal(numbers.Order(), kannel.Carrier.Receivers.Order());
    }

    [Fact]
    public async Task With_a_bad_password_nothing_is_lost_and_once_it_is_repaired_everything_is_sent()
    {
        await kannel.StopBoxes();
        kannel.ChangePassword("another");
        await kannel.StartBoxes();
        await kannel.Linked();
        using var desk = await Desk.Open(program, "password", 100);
        var numbers = Numbers(6_000, 50);
        var id = await desk.Draft("Password", Text, numbers.Select(to => new { to }));
        await desk.Send(id);
        await desk.Until("the send waits for the gateway", id, view => view.WaitingForGatewaySince is not null);
        using (var http = program.Http())
            Assert.Contains($"gateway: Degraded {kannel.Url} answers '403 Authorization failed for sendsms'.", await http.GetStringAsync("/health/ready"), StringComparison.Ordinal);
        Assert.Single(program.Log.Lines, line => line.Words.Contains("Kannel takes no messages", StringComparison.Ordinal));
        Assert.Equal(0, kannel.Carrier.Count);

        await kannel.StopBoxes();
        kannel.ChangePassword(KannelServer.Password);
        await kannel.StartBoxes();
        await kannel.Linked();
        var view = await desk.End(id);
        Assert.Equal((CampaignStatus.Completed, 50L, 50L), (view.Status, view.Sent + view.Unknown, view.CreditsUsed));
        // The one that tried whether the gateway is back may have been with the box when that was ended: it got no answer, and was not taken, since its password was wrong.
        Assert.InRange(view.Unknown, 0, 1);
        await desk.Delivered(id, view.Sent);
        Assert.Equal(view.Sent, kannel.Carrier.Receivers.Count);
        Assert.Empty(numbers.Except(kannel.Carrier.Receivers).Skip((int)view.Unknown));
        Assert.Equal(50, await desk.Client.Available());
    }

    [Fact]
    public async Task A_campaign_that_waits_for_a_dead_gateway_can_be_cancelled_and_its_credits_come_back()
    {
        await kannel.StopBoxes();
        using var desk = await Desk.Open(program, "dead", 1_000);
        var id = await desk.Draft("Dead", Text, Numbers(7_000, 700).Select(to => new { to }));
        await desk.Send(id);
        await desk.Until("the send waits for the gateway", id, view => view.WaitingForGatewaySince is not null);
        await desk.Client.Post($"campaigns/{id}/cancel");
        var view = await desk.End(id);
        Assert.Equal((CampaignStatus.Canceled, 0L, 0L, 0L), (view.Status, view.Sent, view.Unknown, view.CreditsUsed));
        await Eventually.True("all credits are back", async () => await desk.Client.Available() == 1_000);
        await desk.ExpectConservation();

        await kannel.StartBoxes();
        await kannel.Linked();
        await kannel.Quiet();
        Assert.Equal(0, kannel.Carrier.Count);
    }

    private static string[] Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"+614{number:D8}"))];

    private async Task Tell(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("REPORT") is { Length: > 0 } file)
            await File.AppendAllTextAsync(file, line + "\n");
    }
}
