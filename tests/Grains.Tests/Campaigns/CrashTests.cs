using Connect.Alerts;
using Connect.Campaigns;
using Connect.Grains.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>Storage, ledger, gateway and silo fail at chosen points. Whatever happens: no message twice, no credit lost, counts that add up.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly CampaignCluster _cluster = new();

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    // The gateway takes a hundred messages and then gives no answers.
    private async Task<CampaignView> CancelledAndKilledAfterFourDebits()
    {
        var never = new TaskCompletionSource<HandOver>();
        var reached = new TaskCompletionSource();
        var handedOver = 0;
        _cluster.Gateway.Answer = _ =>
        {
            if (Interlocked.Increment(ref handedOver) <= 100)
                return HandOver.Accepted;
            reached.TrySetResult();
            return never.Task;
        };
        var campaign = await _cluster.Draft("a", People(5_000));
        await campaign.Send("ana");
        await reached.Task.WaitAsync(Patience);
        await _cluster.When("a", _ => _cluster.Ledger.Of("a").Count(entry => entry.Kind == Connect.Accounts.EntryKind.Debit) >= 4);
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        await _cluster.ReplaceSilo();
        return await _cluster.Ended("a");
    }

    private async Task AssertNothingTwiceAndNothingLost(CampaignView view, long credits)
    {
        var rows = _cluster.HandedOver("a");
        Assert.Equal(rows.Distinct(), rows);
        Assert.Equal(view.Sent + view.Unknown, view.CreditsUsed);
        Assert.InRange(rows.Length, view.Sent + view.Failed, view.Sent + view.Failed + view.Unknown);
        Assert.Equal(credits - view.CreditsUsed, (await _cluster.Account("a").GetCredits()).Available);
    }

    [Fact]
    public async Task A_silo_killed_in_mid_send_sends_nothing_twice_and_the_next_finishes()
    {
        await _cluster.OpenAccount("a", 10_000);
        var handedOver = 0;
        var killed = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        _cluster.Gateway.Answer = async _ =>
        {
            // The first silo is stuck in the middle of a page when it is killed; its zombies go on when the next silo runs.
            if (Interlocked.Increment(ref handedOver) == 1_300)
                reached.SetResult();
            if (handedOver >= 1_300)
                await killed.Task;
            return new(HandOverOutcome.Accepted);
        };
        await (await _cluster.Draft("a", People(5_000))).Send("ana");
        await reached.Task.WaitAsync(Patience);
        await _cluster.ReplaceSilo();
        killed.SetResult();
        var view = await _cluster.Ended("a");
        Assert.Equal((CampaignStatus.Completed, 0), (view.Status, view.Remaining));
        Assert.InRange(view.Unknown, 1, 1_000);
        await AssertNothingTwiceAndNothingLost(view, 10_000);
        Assert.Equal(10, _cluster.Ledger.Of("a").Count(entry => entry.OperationId.StartsWith("campaign:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_silo_killed_after_a_cancel_gives_back_what_was_paid_and_not_handed_over()
    {
        await _cluster.OpenAccount("a", 10_000);
        var view = await CancelledAndKilledAfterFourDebits();
        Assert.Equal(CampaignStatus.Canceled, view.Status);
        Assert.InRange(view.Sent + view.Unknown, 100, 1_000);
        await AssertNothingTwiceAndNothingLost(view, 10_000);
        Assert.Equal(view.Remaining, (await _cluster.Duplicate("a", "rest")).Total);
    }

    [Fact]
    public async Task A_cancel_that_comes_while_a_killed_send_is_taken_up_again_gives_back_what_all_its_pages_had_paid()
    {
        await _cluster.OpenAccount("a", 10_000);
        var never = new TaskCompletionSource<HandOver>();
        var reached = new TaskCompletionSource();
        var handedOver = 0;
        _cluster.Gateway.Answer = _ =>
        {
            if (Interlocked.Increment(ref handedOver) <= 100)
                return HandOver.Accepted;
            reached.TrySetResult();
            return never.Task;
        };
        var campaign = await _cluster.Draft("a", People(5_000));
        await campaign.Send("ana");
        await reached.Task.WaitAsync(Patience);
        await _cluster.When("a", _ => _cluster.Ledger.Of("a").Count(entry => entry.Kind == Connect.Accounts.EntryKind.Debit) >= 4);
        // The next run comes to the second page, and there the cancel overtakes it; the third and the fourth were paid by the first.
        var canceled = new TaskCompletionSource();
        _cluster.Hold[("a/c1/1", typeof(IRecipientPageGrain))] = () => canceled.Task;
        _cluster.Gateway.Answer = _ => HandOver.Accepted;
        await _cluster.ReplaceSilo();
        await _cluster.When("a", view => view.Status == CampaignStatus.Sending);
        Assert.Equal(CampaignOutcome.Done, await campaign.Cancel("ana"));
        canceled.SetResult();
        var view = await _cluster.Ended("a");
        Assert.Equal(CampaignStatus.Canceled, view.Status);
        await AssertNothingTwiceAndNothingLost(view, 10_000);
        Assert.DoesNotContain(await _cluster.Recipients("a"), row => row.Status == RecipientStatus.Pending);
        Assert.Equal(view.Remaining, (await _cluster.Duplicate("a", "rest")).Total);
    }

    [Fact]
    public async Task A_send_that_had_run_out_of_credits_when_it_was_cancelled_and_its_silo_killed_says_so()
    {
        await _cluster.OpenAccount("a", 1_700);
        var view = await CancelledAndKilledAfterFourDebits();
        Assert.Equal(CampaignStatus.StoppedOutOfCredits, view.Status);
        await AssertNothingTwiceAndNothingLost(view, 1_700);
        // What was paid and not on its way was withdrawn; no page behind the one that the account could not pay for was asked for.
        var rows = await _cluster.Recipients("a");
        Assert.All(rows[1_700..], recipient => Assert.Equal(RecipientStatus.NotSentOutOfCredits, recipient.Status));
        Assert.All(rows[1_600..1_700], recipient => Assert.Equal(RecipientStatus.NotSentCanceled, recipient.Status));
        Assert.DoesNotContain(_cluster.Ledger.Of("a"), entry => entry.OperationId.StartsWith("campaign:c1:page:4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_that_dies_when_the_account_could_pay_for_nobody_and_finds_credits_afterwards_does_not_stop_the_send()
    {
        await _cluster.OpenAccount("a", 500);
        var deaths = 0;
        // The answer of the second page, about to be stored: meanwhile there are credits again, and the page's process dies.
        bool IsShort(string name, object? state) => name == "recipient-page-progress" && state is PageProgress { Short: true };
        _cluster.Storage.Hold = (name, state) => IsShort(name, state) && deaths == 0 ? _cluster.Grant("a", 500, "second") : Task.CompletedTask;
        _cluster.Storage.DiesBefore = (name, state) => IsShort(name, state) && Interlocked.Increment(ref deaths) == 1;
        await (await _cluster.Draft("a", People(1_000))).Send("ana");
        var view = await _cluster.Ended("a");
        Assert.Equal(1, deaths);
        Assert.Equal((CampaignStatus.Completed, 1_000L), (view.Status, view.Sent));
        await AssertNothingTwiceAndNothingLost(view, 1_000);
        Assert.Empty(await _cluster.Client.GetGrain<IAlertsGrain>("a").List());
    }

    [Fact]
    public async Task An_account_that_loses_its_answers_is_asked_again_under_the_same_operation_id()
    {
        await _cluster.OpenAccount("a", 1_180);
        var failures = 0;
        _cluster.Ledger.AfterAppend = entry =>
        {
            if (entry.OperationId.StartsWith("campaign:", StringComparison.Ordinal) && Interlocked.Increment(ref failures) <= 2)
                throw new IOException("The answer is lost.");
        };
        _cluster.Ledger.BeforeAppend = entry =>
        {
            if (entry.OperationId == "campaign:c1:page:2" && Interlocked.Increment(ref failures) <= 5)
                throw new IOException("The database is away.");
        };
        await (await _cluster.Draft("a", People(1_500))).Send("ana");
        var view = await _cluster.Ended("a");
        Assert.Equal((CampaignStatus.StoppedOutOfCredits, 1_180, 320), (view.Status, view.Sent, view.Remaining));
        Assert.True(failures > 3);
        Assert.Equal(Enumerable.Range(0, 1_180), _cluster.HandedOver("a"));
    }

    [Fact]
    public async Task Writes_that_fail_or_lose_their_answer_cost_nothing_but_time()
    {
        await _cluster.OpenAccount("a", 10_000);
        var writes = 0;
        _cluster.Storage.BeforeWrite = (state, _) =>
        {
            if (state.StartsWith("recipient-page-progress", StringComparison.Ordinal) && Interlocked.Increment(ref writes) % 3 == 0)
                throw new IOException("Refused.");
        };
        _cluster.Storage.AfterWrite = (state, _) =>
        {
            if ((state.StartsWith("recipient-page-progress", StringComparison.Ordinal) || state == "campaign") && Interlocked.Increment(ref writes) % 4 == 0)
                throw new IOException("The answer is lost.");
        };
        await (await _cluster.Draft("a", People(3_000))).Send("ana");
        var view = await _cluster.Ended("a");
        Assert.Equal((CampaignStatus.Completed, 3_000, 0), (view.Status, view.Sent, view.Unknown));
        Assert.Equal(Enumerable.Range(0, 3_000), _cluster.HandedOver("a"));
        Assert.True(writes > 30);
    }

    [Theory]
    [InlineData("campaign", 1)]
    [InlineData("campaign", 2)]
    [InlineData("campaign", 3)]
    [InlineData("campaign", 4)]
    [InlineData("campaign", 5)]
    [InlineData("recipient-page-progress", 1)]
    [InlineData("recipient-page-progress", 2)]
    [InlineData("recipient-page-progress", 3)]
    [InlineData("recipient-page-progress", 4)]
    [InlineData("recipient-page-progress", 5)]
    public async Task A_crash_at_any_save_sends_nothing_twice_and_loses_no_credit(string state, int save)
    {
        await _cluster.OpenAccount("a", 1_180);
        _cluster.Gateway.Answer = message => message.MessageId.EndsWith('9') ? Task.FromResult(new HandOver(HandOverOutcome.Refused, "no")) : HandOver.Accepted;
        var campaign = await _cluster.Draft("a", People(1_500));
        var saves = 0;
        _cluster.Storage.EndsWith = (written, _) => written == state && Interlocked.Increment(ref saves) == save;
        // The send itself may be what is interrupted.
        try
        {
            await campaign.Send("ana");
        }
        catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
        {
            Assert.Equal("campaign", state);
        }

        // What the reminder does every minute, until the campaign has ended and once after it.
        await _cluster.When("a", view => view.EndedAt is not null, tick: true);
        await campaign.AsReference<IRemindable>().ReceiveReminder("send", default);
        var view = await _cluster.Ended("a");
        Assert.True(saves >= save || state == "campaign");
        await AssertNothingTwiceAndNothingLost(view, 1_180);
        Assert.InRange(view.Unknown, 0, state == "campaign" ? 0 : 250);
        Assert.Equal(CampaignStatus.StoppedOutOfCredits, view.Status);
        // Who was reached is a prefix. Refusals give credits back while it sends, so its length depends on their timing.
        var reached = (int)(view.Sent + view.Failed + view.Unknown);
        Assert.InRange(reached, 1_180, 1_180 + view.Failed);
        var recipients = await _cluster.Recipients("a");
        Assert.All(recipients[..reached], recipient => Assert.NotEqual(RecipientStatus.NotSentOutOfCredits, recipient.Status));
        Assert.All(recipients[reached..], recipient => Assert.Equal(RecipientStatus.NotSentOutOfCredits, recipient.Status));
    }

    [Fact]
    public async Task An_import_cut_off_between_page_and_campaign_leaves_no_rows_behind()
    {
        await _cluster.OpenAccount("a", 1_000);
        var campaign = await _cluster.Draft("a", People(300), close: false);
        _cluster.Storage.EndsWith = (state, _) => state == "recipient-page";
        await Assert.ThrowsAnyAsync<Exception>(() => campaign.AddRecipients(300, [.. People(450).Skip(300)]));
        _cluster.Storage.EndsWith = null;
        // The rows that were cut off never come; the next ones take their places, and a number among them is no duplicate of itself.
        Assert.Equal(CampaignOutcome.Done, await campaign.AddRecipients(300, [Person(400), Person(0)]));
        Assert.Equal(CampaignOutcome.Done, await campaign.CloseImport(302));
        await campaign.Send("ana");
        var view = await _cluster.Ended("a");
        Assert.Equal((CampaignStatus.Completed, 302, 301, 1), (view.Status, view.Total, view.Sent, view.Skipped));
        Assert.Equal(Enumerable.Range(0, 301), _cluster.HandedOver("a"));
    }
}
