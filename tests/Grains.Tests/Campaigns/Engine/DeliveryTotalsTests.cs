using System.Text.Json;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Messaging;

namespace Connect.Grains.Tests.Campaigns.Engine;

public sealed class DeliveryTotalsTests
{
    private static PageDelivery Figures(int delivered, int undelivered, int resolved) => new() { Delivered = delivered, Decided = delivered + undelivered, Resolved = resolved };

    [Fact]
    public void Pages_add_up_and_an_older_answer_that_comes_late_changes_nothing()
    {
        var totals = new DeliveryTotals([], []);
        Assert.True(totals.Set(3, Figures(10, 5, 2)));
        Assert.True(totals.Set(0, Figures(500, 0, 0)));
        // Two of the undelivered turned out to be delivered.
        Assert.True(totals.Set(3, Figures(12, 3, 2)));
        Assert.False(totals.Set(3, Figures(10, 5, 2)));
        Assert.False(totals.Set(3, Figures(12, 3, 2)));
        Assert.Equal((512, 3, 2), (totals.Sum.Delivered, totals.Sum.Undelivered, totals.Sum.Resolved));
    }

    [Fact]
    public void What_is_stored_is_read_back_and_is_small()
    {
        var totals = new DeliveryTotals([], []);
        for (var page = 0; page < 2_000; page++)
            totals.Set(page, Figures(page % 400, page % 100, page % 7));
        Assert.True(totals.Open(0) && totals.Open(9) && totals.Open(1_999));
        Assert.False(totals.Open(9));
        Assert.True(totals.Close(9));
        Assert.False(totals.Close(9) || totals.Close(5_000));
        var state = JsonSerializer.Deserialize<CampaignDeliveryState>(JsonSerializer.Serialize(totals.State()))!;
        var again = new DeliveryTotals(state.Pages, state.Open);
        Assert.Equal(totals.Sum, again.Sum);
        Assert.Equal([0, 1_999], again.OpenPages());
        Assert.Equal((12_000, 250), (state.Pages.Length, state.Open.Length));
    }

    [Fact]
    public void A_mark_holds_status_parts_and_delivery_beside_each_other()
    {
        foreach (var status in Enum.GetValues<RecipientStatus>())
        {
            foreach (var state in Enum.GetValues<DeliveryState>())
            {
                for (var parts = 0; parts <= 3; parts++)
                {
                    var mark = Mark.With(Mark.With(Mark.Of(RecipientStatus.Pending, parts), state), status);
                    Assert.Equal((status, parts, state), (Mark.Status(mark), Mark.Parts(mark), Mark.Delivery(mark)));
                    Assert.Equal(status == RecipientStatus.Unknown && state != DeliveryState.None ? RecipientStatus.Sent : status, Mark.Shown(mark));
                    Assert.Equal(mark, Mark.With(mark, DeliveryState.Passed < state ? DeliveryState.Passed : state));
                }
            }
        }
    }
}
