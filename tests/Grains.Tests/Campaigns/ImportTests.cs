using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Messaging;
using static Connect.Grains.Tests.Campaigns.CampaignCluster;

namespace Connect.Grains.Tests.Campaigns;

[Collection(nameof(CampaignCluster))]
public sealed class ImportTests(CampaignCluster cluster)
{
    private static ulong Integer(int index) => ulong.Parse(Number(index).AsSpan(1), provider: null);

    [Fact]
    public async Task Every_row_is_judged_at_the_import_and_the_send_takes_exactly_the_credits_that_were_said()
    {
        await cluster.OpenAccount("judged", 100);
        await cluster.OptOuts.Add("judged", [Integer(5)], cluster.Time.GetUtcNow(), OptOutSource.Person, "ana", default);
        await cluster.OptOuts.Add(IOptOutsGrain.Everybody, [Integer(777_777)], cluster.Time.GetUtcNow(), OptOutSource.Reply, "STOP", default);
        RecipientInput[] rows =
        [
            Person(1, ("x", "a")), new() { To = "nonsense" }, Person(1, ("x", "b")), Person(2, ("x", new string('x', 481))), Person(3, ("x", new string('x', 161))),
            Person(5, ("x", "a")), Person(777_777, ("x", "a")), new() { To = "0400 0", Problem = RowProblem.ColumnCount }, Person(4, ("x", new string('я', 71))), Person(5, ("x", "b")),
        ];
        var draft = (await (await cluster.Draft("judged", rows, "{x}")).Get())!;
        Assert.Equal(new SkippedBy { InvalidNumber = 1, Duplicate = 2, OptedOut = 2, TooLong = 1, Unreadable = 1 }, draft.SkippedBy);
        Assert.Equal((10, 7, 3, 5), (draft.Total, draft.Skipped, draft.Remaining, draft.CreditsNeeded));
        var estimate = (await cluster.Campaign("judged").Estimate())!;
        Assert.Equal((3, 7, 5L), (estimate.Recipients, estimate.Skipped, estimate.Credits));

        var listed = await cluster.Recipients("judged");
        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0, 2, 0], listed.Select(row => row.Credits));
        Assert.Equal(("0400 0", RecipientStatus.SkippedUnreadable, RowProblem.ColumnCount), (listed[7].To, listed[7].Status, listed[7].Problem));
        Assert.All(listed.RemoveAt(7), row => Assert.Null(row.Problem));

        await cluster.Campaign("judged").Send("ana");
        var ended = await cluster.Ended("judged");
        Assert.Equal((3, 7, 5, 0), (ended.Sent, ended.Skipped, ended.CreditsUsed, ended.Remaining));
        Assert.Equal(draft.SkippedBy, ended.SkippedBy);
        Assert.Equal(draft.CreditsNeeded, ended.CreditsNeeded);
        Assert.Equal([0, 4, 8], cluster.HandedOver("judged"));
    }

    [Fact]
    public async Task A_number_of_a_row_that_was_skipped_for_another_reason_still_stands_earlier_in_the_list()
    {
        await cluster.OptOuts.Add("earlier", [Integer(1)], cluster.Time.GetUtcNow(), OptOutSource.Person, "ana", default);
        await cluster.Draft("earlier", [Person(0, ("x", new string('x', 481))), Person(1, ("x", "a")), Person(0, ("x", "short")), Person(1, ("x", "a"))], "{x}");
        Assert.Equal(
            [RecipientStatus.SkippedTooLong, RecipientStatus.SkippedOptedOut, RecipientStatus.SkippedDuplicate, RecipientStatus.SkippedDuplicate],
            (await cluster.Recipients("earlier")).Select(row => row.Status));
    }

    [Fact]
    public async Task The_total_rises_while_rows_are_added()
    {
        var campaign = await cluster.Draft("rising", People(1_500), close: false);
        Assert.Equal((1_500, true, 1_500), (await campaign.Get()) is { } first ? (first.Total, first.Importing, first.CreditsNeeded) : default);
        await campaign.AddRecipients(1_500, [.. People(2_000).Skip(1_500)]);
        Assert.Equal((2_000, true, 2_000), (await campaign.Get()) is { } second ? (second.Total, second.Importing, second.CreditsNeeded) : default);
    }

    [Fact]
    public async Task Recipients_of_a_status_are_found_by_calls_that_look_at_a_bounded_number_of_rows()
    {
        const int far = RecipientScan.MaxPages * PageRules.PageSize + 700;
        var people = People(far + 100).ToArray();
        foreach (var bad in new[] { 3, 600, far })
            people[bad] = new() { To = "?" };
        var campaign = await cluster.Draft("scan", people);
        ImmutableArray<RecipientStatus> invalid = [RecipientStatus.SkippedInvalidNumber];

        var first = await campaign.Recipients(0, 100, invalid);
        Assert.Equal([3L, 600L], first.Recipients.Select(row => row.Row));
        Assert.Equal(RecipientScan.MaxPages * PageRules.PageSize, first.NextCursor);
        var second = await campaign.Recipients(first.NextCursor!.Value, 100, invalid);
        Assert.Equal([(long)far], second.Recipients.Select(row => row.Row));
        Assert.Null(second.NextCursor);

        var one = await campaign.Recipients(0, 1, invalid);
        Assert.Equal([3L], one.Recipients.Select(row => row.Row));
        Assert.Equal([600L], (await campaign.Recipients(one.NextCursor!.Value, 1, invalid)).Recipients.Select(row => row.Row));
        Assert.Equal([3L, 4L], (await campaign.Recipients(3, 2, [RecipientStatus.SkippedInvalidNumber, RecipientStatus.Pending])).Recipients.Select(row => row.Row));
        Assert.Empty((await campaign.Recipients(0, 100, [RecipientStatus.Sent])).Recipients);
    }
}
