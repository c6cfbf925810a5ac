using Connect.Campaigns;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Orleans.Runtime;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>Duplicates, and what a crash does to them.</summary>
public sealed class CopyTests : IAsyncLifetime
{
    private readonly CampaignCluster _cluster = new();

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    private static RecipientInput Named(int index) => Person(index, ("name", $"N{index}"));

    private async Task Cancelled(int rows)
    {
        await _cluster.Draft("a", Enumerable.Range(0, rows).Select(Named), "Hi {name}");
        Assert.Equal(CampaignOutcome.Done, await _cluster.Campaign("a").Cancel("ana"));
    }

    [Fact]
    public async Task Each_kind_of_duplicate_takes_exactly_its_rows_in_order_with_their_fields()
    {
        await _cluster.OpenAccount("a", 6);
        _cluster.Gateway.Answer = message => int.Parse(message.To[^2..], null) switch
        {
            1 or 3 => Task.FromResult(new HandOver(HandOverOutcome.Refused)),
            2 => Task.FromResult(new HandOver(HandOverOutcome.Unknown)),
            _ => HandOver.Accepted,
        };
        RecipientInput[] rows = [Named(0), Named(1), new() { To = "?" }, Named(2), Named(1), Named(3), new() { To = "bad", Problem = RowProblem.ColumnCount }, Named(4), Named(5), Named(6), Named(7)];
        await (await _cluster.Draft("a", rows, "Hi {name}")).Send("ana");
        var view = await _cluster.Ended("a");
        Assert.Equal((CampaignStatus.StoppedOutOfCredits, 3, 2, 1, 2), (view.Status, view.Sent, view.Failed, view.Unknown, view.Remaining));

        var remaining = await _cluster.Duplicate("a", "r", DuplicateOf.Remaining);
        var failed = await _cluster.Duplicate("a", "f", DuplicateOf.Failed);
        var unknown = await _cluster.Duplicate("a", "u", DuplicateOf.Unknown);
        var all = await _cluster.Duplicate("a", "all", DuplicateOf.All);
        Assert.Equal(["Test (remaining)", "Test (failed)", "Test (unknown)", "Test (copy)"], new[] { remaining, failed, unknown, all }.Select(copy => copy.Name));
        Assert.All(new[] { remaining, failed, unknown, all }, copy => Assert.Equal(("c1", CampaignStatus.Draft), (copy.DuplicateOf, copy.Status)));
        Assert.Equal([Number(6), Number(7)], (await _cluster.Recipients("a", "r")).Select(row => row.To));
        Assert.Equal([Number(1), Number(3)], (await _cluster.Recipients("a", "f")).Select(row => row.To));
        Assert.Equal([Number(2)], (await _cluster.Recipients("a", "u")).Select(row => row.To));
        Assert.Equal(
            (await _cluster.Recipients("a")).Select(row => (row.Row, row.To, row.Problem)), (await _cluster.Recipients("a", "all")).Select(row => (row.Row, row.To, row.Problem)));
        Assert.Equal(view.SkippedBy, all.SkippedBy);

        _cluster.Gateway.Answer = _ => HandOver.Accepted;
        await _cluster.Grant("a", 100, "more");
        Assert.Equal(CampaignOutcome.Done, await _cluster.Campaign("a", "f").Send("ana"));
        await _cluster.Ended("a", "f");
        Assert.Equal(["Hi N1", "Hi N3"], _cluster.Gateway.Messages.Where(message => message.CampaignId == "f").Select(message => message.Text));
        // The same again, under another name, is no longer the same.
        Assert.Null(await _cluster.Campaign("a").Duplicate("f", DuplicateOf.All, "ana"));
    }

    [Fact]
    public async Task Who_opted_out_since_is_left_out_of_a_duplicate_and_who_came_back_is_in_it()
    {
        ulong Integer(int index) => ulong.Parse(Number(index).AsSpan(1), provider: null);
        await _cluster.OptOuts.Add("a", [Integer(0)], _cluster.Time.GetUtcNow(), OptOutSource.Reply, "STOP", default);
        await Cancelled(3);
        await _cluster.OptOuts.Remove("a", [Integer(0)], default);
        await _cluster.OptOuts.Add("a", [Integer(2)], _cluster.Time.GetUtcNow(), OptOutSource.Reply, "STOP", default);
        var all = await _cluster.Duplicate("a", "all", DuplicateOf.All);
        Assert.Equal((3, 1, 2), (all.Total, all.SkippedBy.OptedOut, all.CreditsNeeded));
        Assert.Equal([RecipientStatus.Pending, RecipientStatus.Pending, RecipientStatus.SkippedOptedOut], (await _cluster.Recipients("a", "all")).Select(row => row.Status));
    }

    [Fact]
    public async Task A_list_is_read_to_its_end_with_the_country_that_the_account_had_at_its_beginning_also_by_another_silo()
    {
        Assert.Equal(MessagingSettingsOutcome.Done, await _cluster.Settings("a").SetCountry("NZ", "ana"));
        await _cluster.Draft("a", [new() { To = "021 123 456" }], close: false);
        Assert.Equal(MessagingSettingsOutcome.Done, await _cluster.Settings("a").SetCountry("AU", "ana"));
        await _cluster.ReplaceSilo();
        await _cluster.When("a", view => view.Total == 1);
        await _cluster.Campaign("a").AddRecipients(1, [new() { To = "021 123 457" }, new() { To = "+64 21 123 456" }]);
        Assert.Equal(
            [("+6421123456", RecipientStatus.Pending), ("+6421123457", RecipientStatus.Pending), ("+6421123456", RecipientStatus.SkippedDuplicate)],
            (await _cluster.Recipients("a")).Select(row => (row.To, row.Status)));
    }

    [Fact]
    public async Task A_silo_that_dies_while_rows_are_copied_leaves_none_out_and_none_twice_and_nothing_is_sent_before()
    {
        await Cancelled(3_300);
        var reached = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var pages = 0;
        _cluster.Storage.Hold = (state, _) =>
        {
            if (state != "recipient-page" || Interlocked.Increment(ref pages) != 4)
                return Task.CompletedTask;
            reached.TrySetResult();
            return never.Task;
        };
        var made = await _cluster.Campaign("a").Duplicate("copy", DuplicateOf.Remaining, "ana");
        Assert.True(made!.Importing);
        await reached.Task.WaitAsync(Patience);
        Assert.Equal(CampaignOutcome.StillImporting, await _cluster.Campaign("a", "copy").Send("ana"));
        Assert.Equal(CampaignOutcome.StillImporting, await _cluster.Campaign("a", "copy").CloseImport(1_000));
        Assert.Equal(CampaignOutcome.ListClosed, await _cluster.Campaign("a", "copy").AddRecipients(1_000, [Person(9_999)]));
        Assert.Contains("a/copy", _cluster.Reminders.Keys);

        await _cluster.ReplaceSilo();
        _cluster.Storage.Hold = null;
        never.SetResult();
        // The reminder's tick, or any call: whatever activates it.
        var copy = await _cluster.Copied("a", "copy");
        Assert.Equal((3_300, 3_300, 0), (copy.Total, copy.CreditsNeeded, copy.Skipped));
        Assert.Equal(Enumerable.Range(0, 3_300).Select(Number), (await _cluster.Recipients("a", "copy")).Select(row => row.To));
    }

    [Theory]
    [InlineData("campaign")]
    [InlineData("recipient-page")]
    public async Task A_copy_whose_answers_from_storage_are_lost_goes_on_from_what_is_stored(string state)
    {
        await Cancelled(3_300);
        var writes = 0;
        _cluster.Storage.EndsWith = (name, _) => name == state && Interlocked.Increment(ref writes) is 3 or 4;
        try
        {
            await _cluster.Campaign("a").Duplicate("copy", DuplicateOf.Remaining, "ana");
        }
        catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
        {
            // The draft itself may be what was not answered for; it is asked for again.
        }

        await _cluster.When("a", view => !view.Importing && view.Total > 0, "copy");
        await _cluster.Campaign("a").Duplicate("copy", DuplicateOf.Remaining, "ana");
        await _cluster.Campaign("a", "copy").AsReference<IRemindable>().ReceiveReminder("copy", default);
        var copy = await _cluster.Copied("a", "copy");
        Assert.True(writes >= 4);
        Assert.Equal(3_300, copy.Total);
        Assert.Equal(Enumerable.Range(0, 3_300).Select(Number), (await _cluster.Recipients("a", "copy")).Select(row => row.To));
    }

    [Fact]
    public async Task A_duplicate_that_is_cancelled_while_it_is_copied_stays_cancelled()
    {
        await Cancelled(3_300);
        var reached = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        _cluster.Storage.Hold = (state, _) =>
        {
            if (state != "recipient-page")
                return Task.CompletedTask;
            reached.TrySetResult();
            return go.Task;
        };
        await _cluster.Campaign("a").Duplicate("copy", DuplicateOf.Remaining, "ana");
        await reached.Task.WaitAsync(Patience);
        Assert.Equal(CampaignOutcome.Done, await _cluster.Campaign("a", "copy").Cancel("ana"));
        _cluster.Storage.Hold = null;
        go.SetResult();
        var copy = await _cluster.Copied("a", "copy");
        Assert.Equal((CampaignStatus.Canceled, false), (copy.Status, copy.Importing));
        Assert.InRange(copy.Total, 0, 1_000);
        Assert.Equal(CampaignOutcome.AlreadyStarted, await _cluster.Campaign("a", "copy").Send("ana"));
    }
}
