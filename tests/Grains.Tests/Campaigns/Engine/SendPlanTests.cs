using System.Text.Json;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;

namespace Connect.Grains.Tests.Campaigns.Engine;

public sealed class SendPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static PlannedSend Send(string id, int hours, long credits = 1) => new() { CampaignId = id, At = Noon.AddHours(hours), Credits = credits };

    private static SendPlan Plan(params PlannedSend[] sends) => sends.Aggregate(new SendPlan(), (plan, send) => plan.With(send));

    private static string Ids(IEnumerable<PlannedSend> sends) => string.Join(' ', sends.Select(send => send.CampaignId));

    [Fact]
    public void Campaigns_take_in_the_order_of_their_times_and_then_of_their_ids()
    {
        var plan = Plan(Send("b", 2), Send("d", 1), Send("a", 2), Send("B", 2));
        Assert.Equal("d B a b", Ids(plan.Sends));
        Assert.Equal("d B a", Ids(plan.Before(Noon.AddHours(2), "b")));
        Assert.Equal("d", Ids(plan.Before(Noon.AddHours(2), "B")));
        Assert.Equal("d B a b", Ids(plan.Before(Noon.AddHours(2), "c")));
        Assert.Equal("d B a b", Ids(plan.Before(Noon.AddHours(2), null)));
        Assert.Equal("d", Ids(plan.Before(Noon.AddHours(2).AddTicks(-1), null)));
        Assert.Equal("", Ids(plan.Before(Noon, "x")));
    }

    [Fact]
    public void A_campaign_is_in_it_once_as_it_was_noted_last_and_the_same_again_changes_nothing()
    {
        var plan = Plan(Send("a", 1, 5), Send("b", 2), Send("a", 3, 6));
        Assert.Equal([Send("b", 2), Send("a", 3, 6)], plan.Sends.AsEnumerable());
        Assert.Same(plan, plan.With(Send("a", 3, 6)));
    }

    [Fact]
    public void What_is_forgotten_is_the_campaign_at_its_time_or_whenever_it_is()
    {
        var plan = Plan(Send("a", 1), Send("b", 2));
        Assert.Same(plan, plan.Without("c"));
        Assert.Same(plan, plan.Without("a", Noon.AddHours(2)));
        Assert.Equal("b", Ids(plan.Without("a", Noon.AddHours(1)).Sends));
        Assert.Equal("a", Ids(plan.Without("b").Sends));
    }

    [Fact]
    public void Of_too_many_the_latest_are_left_out()
    {
        var plan = Plan([.. Enumerable.Range(0, SendPlan.MaxSends + 1).Select(hour => Send($"c{hour}", -hour))]);
        Assert.Equal(SendPlan.MaxSends, plan.Sends.Length);
        Assert.Equal(("c500", "c1"), (plan.Sends[0].CampaignId, plan.Sends[^1].CampaignId));
    }

    [Theory]
    [InlineData(CampaignStatus.Scheduled, 100, 0, 40, 100)]
    [InlineData(CampaignStatus.Sending, 100, 30, 40, 70)]
    [InlineData(CampaignStatus.Sending, 100, 30, 10, 30)]
    [InlineData(CampaignStatus.Sending, 100, 30, 0, 0)]
    [InlineData(CampaignStatus.Sending, 100, 101, 5, 0)]
    [InlineData(CampaignStatus.Draft, 100, 0, 40, null)]
    [InlineData(CampaignStatus.Completed, 100, 60, 0, null)]
    [InlineData(CampaignStatus.StoppedOutOfCredits, 100, 60, 40, null)]
    [InlineData(CampaignStatus.Canceled, 100, 60, 40, null)]
    public void A_campaign_still_takes_what_it_has_not_used_and_nothing_once_it_has_ended(CampaignStatus status, long needed, long used, long remaining, int? expected)
    {
        var view = new CampaignView
        {
            Id = "c", Name = "n", Text = "t", Status = status, Total = 100, Sent = 0, Failed = 0, Skipped = 0, Unknown = 0, Remaining = remaining, CreditsUsed = used, CreatedAt = Noon,
            CreditsNeeded = needed,
        };
        Assert.Equal(expected, SendPlan.StillTakes(view));
        Assert.Null(SendPlan.StillTakes(null));
    }

    [Fact]
    public void A_plan_is_read_as_it_was_stored()
    {
        const string stored = """{"Sends":[{"CampaignId":"a","At":"2026-11-22T13:00:00+00:00","Credits":5}],"Revision":3,"Writer":"w"}""";
        var read = JsonSerializer.Deserialize<SendPlan>(stored)!;
        Assert.Equal([Send("a", 1, 5)], read.Sends.AsEnumerable());
        Assert.Equal(stored, JsonSerializer.Serialize(read));
    }
}
