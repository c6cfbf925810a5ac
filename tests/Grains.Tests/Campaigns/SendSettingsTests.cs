using Connect.Alerts;
using Connect.Campaigns;
using Connect.Grains.Alerts.Engine;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Messaging;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>Who is left out of a send, whom it comes from, and who hears that it stopped.</summary>
[Collection(nameof(CampaignCluster))]
public sealed class SendSettingsTests(CampaignCluster cluster)
{
    private static ulong Digits(int index) => ulong.Parse(Number(index)[1..], System.Globalization.CultureInfo.InvariantCulture);

    private Task OptOut(string list, params int[] people) =>
        cluster.Client.GetGrain<IOptOutsGrain>(list).Add([.. people.Select(Digits)], OptOutSource.Person, "ana");

    [Fact]
    public async Task Who_opted_out_after_the_import_is_skipped_and_costs_nothing()
    {
        await cluster.OpenAccount("optout", 698);
        var campaign = await cluster.Draft("optout", People(700));
        await OptOut("optout", 3, 600);
        await OptOut("another", 4);
        await campaign.Send("ana");
        var view = await cluster.Ended("optout");
        Assert.Equal((CampaignStatus.Completed, 698, 2, 698, 0), (view.Status, view.Sent, view.Skipped, view.CreditsUsed, view.Remaining));
        Assert.Equal(Enumerable.Range(0, 700).Except([3, 600]), cluster.HandedOver("optout"));
        var recipients = await cluster.Recipients("optout");
        Assert.Equal([(RecipientStatus.SkippedOptedOut, 0), (RecipientStatus.Sent, 1)], new[] { 3, 4 }.Select(row => (recipients[row].Status, recipients[row].Credits)));
    }

    [Fact]
    public async Task Who_opts_out_while_the_gateway_is_unavailable_gets_nothing_and_what_was_paid_comes_back()
    {
        await cluster.OpenAccount("late", 1_000);
        var (available, taken) = (false, 0);
        cluster.Gateway.Answer = message => message.AccountId != "late" || Volatile.Read(ref available) || Interlocked.Increment(ref taken) <= 10
            ? HandOver.Accepted
            : Task.FromResult(new HandOver(HandOverOutcome.Unavailable));
        await (await cluster.Draft("late", People(100))).Send("ana");
        await cluster.When("late", view => view is { Sent: 10, WaitingForGatewaySince: not null });
        await OptOut("late", 5, 50, 99);
        cluster.Time.Skip(TimeSpan.FromSeconds(61));
        Volatile.Write(ref available, true);
        var view = await cluster.Ended("late");
        Assert.Equal((CampaignStatus.Completed, 98, 2, 98, 0), (view.Status, view.Sent, view.Skipped, view.CreditsUsed, view.Remaining));
        Assert.Equal(Enumerable.Range(0, 100).Except([50, 99]), cluster.HandedOver("late"));
        Assert.Equal(902, (await cluster.Account("late").GetCredits()).Available);
        Assert.Equal(
            [(RecipientStatus.Sent, 1), (RecipientStatus.SkippedOptedOut, 0)],
            (await cluster.Recipients("late")) is var recipients ? new[] { 5, 50 }.Select(row => (recipients[row].Status, recipients[row].Credits)) : []);
        cluster.Gateway.Answer = _ => HandOver.Accepted;
    }

    [Fact]
    public async Task A_send_keeps_the_sender_it_started_with()
    {
        await cluster.OpenAccount("sender", 10_000);
        var settings = cluster.Client.GetGrain<IMessagingSettingsGrain>("sender");
        Assert.Equal(MessagingSettingsOutcome.Done, await settings.SetSender("+61400999111", "op"));
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var sent = 0;
        cluster.Gateway.Answer = async message =>
        {
            if (message.AccountId == "sender" && Interlocked.Increment(ref sent) > 100)
            {
                reached.TrySetResult();
                await gate.Task;
            }

            return new(HandOverOutcome.Accepted);
        };
        await (await cluster.Draft("sender", People(1_100))).Send("ana");
        await reached.Task.WaitAsync(Patience);
        Assert.Equal(MessagingSettingsOutcome.Done, await settings.SetSender(null, "op"));
        gate.SetResult();
        await cluster.Ended("sender");
        cluster.Gateway.Answer = _ => HandOver.Accepted;
        await (await cluster.Draft("sender", People(1), id: "c2")).Send("ana");
        await cluster.Ended("sender", "c2");
        var messages = cluster.Gateway.Messages.Where(message => message.AccountId == "sender").ToList();
        Assert.Equal([(1_100, "+61400999111"), (1, null)], messages.GroupBy(message => message.From).Select(group => (group.Count(), group.Key)));
        Assert.All(messages, message => Assert.Equal(MessageKind.Campaign, message.Kind));
    }

    [Fact]
    public async Task The_account_is_told_that_a_campaign_stopped_before_its_end_is_stored()
    {
        await cluster.OpenAccount("alert", 620);
        var told = new List<bool>();
        cluster.Storage.BeforeWrite = (_, value) =>
        {
            if (value is CampaignState { Status: CampaignStatus.StoppedOutOfCredits })
                told.Add(cluster.Storage.Stored<AlertsState>("alerts", "alert") is not null);
        };
        await (await cluster.Draft("alert", People(1_000))).Send("ana");
        await cluster.Ended("alert");
        cluster.Storage.BeforeWrite = null;
        Assert.Equal([true], told);
        var alert = Assert.Single(await cluster.Client.GetGrain<IAlertsGrain>("alert").List());
        Assert.Equal(("campaign-stopped:c1", AlertKind.CampaignStopped), (alert.Id, alert.Kind));
        Assert.Equal(new() { CampaignId = "c1", CampaignName = "Test", Recipients = 1_000, Sent = 620, Remaining = 380 }, alert.Facts);
    }

    [Fact]
    public async Task A_campaign_that_reached_everybody_tells_nobody()
    {
        await cluster.OpenAccount("quiet", 3);
        await (await cluster.Draft("quiet", People(3))).Send("ana");
        await cluster.Ended("quiet");
        Assert.Empty(await cluster.Client.GetGrain<IAlertsGrain>("quiet").List());
        Assert.Equal(0, (await cluster.Account("quiet").GetCredits()).Available);
    }
}
