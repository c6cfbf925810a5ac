using Connect.Alerts;
using Connect.Api.Application;

namespace Connect.Api.Tests;

public sealed class AlertWordsTests
{
    private static readonly DateTimeOffset Friday = new(2027, 2, 19, 18, 30, 0, TimeSpan.Zero);

    private static readonly Alert Stopped = new()
    {
        Id = "a", Kind = AlertKind.CampaignStopped, RaisedAt = Friday, Facts = new() { CampaignName = "Half price", Recipients = 1_500, Sent = 1_180, Remaining = 320 },
    };

    private static readonly Alert NotCovered = new()
    {
        Id = "b", Kind = AlertKind.ScheduledNotCovered, RaisedAt = Friday.AddHours(-1),
        Facts = new() { CampaignName = "Half price", ScheduledAt = Friday, Recipients = 1_500, Required = 1_500, Available = 1_180, Shortfall = 320 },
    };

    [Fact]
    public void A_stopped_campaign_is_told_with_what_to_do()
    {
        Assert.Equal("“Half price” stopped: credits ran out", AlertWords.Title(Stopped));
        Assert.Equal(
            "1,180 of 1,500 recipients were sent the message; 320 received nothing. Buy credits, then duplicate the campaign for the remaining 320. It does not go on by itself.",
            AlertWords.Text(Stopped, mayKnowCredits: true));
        Assert.Equal(
            "1,180 of 1,500 recipients were sent the message; 320 received nothing. Ask somebody with billing access to buy credits, then duplicate the campaign for the remaining 320. It does not go on by itself.",
            AlertWords.Text(Stopped, mayKnowCredits: false));
    }

    [Fact]
    public void A_campaign_that_will_not_be_covered_is_told_with_how_many_credits_are_missing_to_those_who_may_know()
    {
        Assert.Equal("“Half price” needs more credits than there will be", AlertWords.Title(NotCovered));
        Assert.Equal(
            "It will be sent at 19 Feb 2027, 18:30 UTC. It takes 1,500 credits, and 1,180 will be available then: 320 too few. Buy credits before then, or it stops when they run out.",
            AlertWords.Text(NotCovered, mayKnowCredits: true));
        Assert.Equal(
            "It will be sent at 19 Feb 2027, 18:30 UTC. It takes 1,500 credits, more than will be available then. Ask somebody with billing access to buy credits before then, or it stops when they run out.",
            AlertWords.Text(NotCovered, mayKnowCredits: false));
    }

    [Fact]
    public void One_that_has_started_is_told_so()
    {
        var started = NotCovered with { RaisedAt = Friday };
        Assert.Equal("“Half price” started without enough credits", AlertWords.Title(started));
        Assert.Equal(
            "It began at 19 Feb 2027, 18:30 UTC. It takes 1,500 credits, and 1,180 were available: 320 too few. Buy credits, or it stops when they run out.",
            AlertWords.Text(started, mayKnowCredits: true));
    }

    [Fact]
    public void Every_kind_has_words()
    {
        foreach (var kind in Enum.GetValues<AlertKind>())
            Assert.All(new[] { AlertWords.Title(Stopped with { Kind = kind }), AlertWords.Text(Stopped with { Kind = kind }, true) }, Assert.NotEmpty);
    }
}
