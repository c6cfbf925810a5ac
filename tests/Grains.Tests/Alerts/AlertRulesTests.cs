using Connect.Alerts;
using Connect.Grains.Alerts.Engine;

namespace Connect.Grains.Tests.Alerts;

public sealed class AlertRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_newest_is_shown_first_with_its_facts()
    {
        var facts = new AlertFacts { CampaignId = "c", Shortfall = 12 };
        var state = AlertRules.Raise(Raised("a"), new() { Id = "b", Kind = AlertKind.ScheduledNotCovered, Facts = facts }, Noon.AddHours(1));
        Assert.Equal(
            [
                new() { Id = "b", Kind = AlertKind.ScheduledNotCovered, Facts = facts, RaisedAt = Noon.AddHours(1) },
                new Alert { Id = "a", Kind = AlertKind.CampaignStopped, Facts = new(), RaisedAt = Noon },
            ],
            AlertRules.Shown(state).AsEnumerable());
    }

    [Fact]
    public void A_known_id_is_not_raised_again_shown_or_hidden()
    {
        var state = Raised("a");
        Assert.Same(state, Raise(state, "a"));
        var dismissed = AlertRules.Hide(state, ["a"], "ana", Noon);
        Assert.Same(dismissed, Raise(dismissed, "a"));
        Assert.Empty(AlertRules.Shown(dismissed));
    }

    [Fact]
    public void A_dismissed_one_remembers_who_and_when_and_dismissing_again_changes_nothing()
    {
        var state = AlertRules.Hide(Raised("a", "b"), ["a"], "ana", Noon.AddDays(1));
        Assert.Equal((Noon.AddDays(1), "ana"), (state.Kept[0].HiddenAt, state.Kept[0].HiddenBy));
        Assert.Equal(["b"], AlertRules.Shown(state).Select(alert => alert.Id));
        Assert.Same(state, AlertRules.Hide(state, ["a", "unknown"], "bob", Noon.AddDays(2)));
    }

    [Fact]
    public void One_takes_the_place_of_others()
    {
        var state = AlertRules.Raise(Raised("a", "b", "c"), new() { Id = "d", Kind = AlertKind.ScheduledNotCovered, Replaces = ["a", "c", "unknown"] }, Noon);
        Assert.Equal(["d", "b"], AlertRules.Shown(state).Select(alert => alert.Id));
        Assert.Equal("", state.Kept[0].HiddenBy);
    }

    [Fact]
    public void Of_more_than_a_hundred_the_oldest_hidden_one_goes_and_the_oldest_shown_one_when_none_is_hidden()
    {
        var state = Raised([.. Enumerable.Range(0, IAlertsGrain.MaxKept).Select(number => $"{number}")]);
        state = AlertRules.Hide(AlertRules.Hide(state, ["7"], "ana", Noon), ["5"], "ana", Noon);
        state = Raise(state, "one more");
        Assert.Equal(IAlertsGrain.MaxKept, state.Kept.Length);
        Assert.DoesNotContain(state.Kept, kept => kept.Alert.Id == "5");
        state = Raise(Raise(state, "two more"), "three more");
        Assert.Equal(IAlertsGrain.MaxKept, state.Kept.Length);
        Assert.Equal(["1", "2"], state.Kept.Take(2).Select(kept => kept.Alert.Id));
        Assert.Equal(IAlertsGrain.MaxKept, AlertRules.Shown(state).Length);
    }

    private static AlertsState Raised(params string[] ids) => ids.Aggregate(new AlertsState(), Raise);

    private static AlertsState Raise(AlertsState state, string id) => AlertRules.Raise(state, new() { Id = id, Kind = AlertKind.CampaignStopped }, Noon);
}
