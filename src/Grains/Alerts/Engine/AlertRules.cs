using System.Collections.Immutable;
using Connect.Alerts;

namespace Connect.Grains.Alerts.Engine;

/// <summary>The rules of alerts. Pure; what changes nothing gives the same state back.</summary>
public static class AlertRules
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxId = 200;

    /// <summary>The state with an alert. A known id changes nothing; the alerts that it replaces go.</summary>
    public static AlertsState Raise(AlertsState state, AlertToRaise alert, DateTimeOffset now)
    {
        if (state.Kept.Any(kept => kept.Alert.Id == alert.Id))
            return state;
        var raised = new KeptAlert { Alert = new() { Id = alert.Id, Kind = alert.Kind, Facts = alert.Facts, RaisedAt = now } };
        var before = Hide(state, alert.Replaces.IsDefault ? [] : alert.Replaces, "", now);
        return before with { Kept = Trim(before.Kept.Add(raised)) };
    }

    /// <summary>The state without showing some alerts; <paramref name="by"/> is the person who dismissed them, or empty when they do not hold any more.</summary>
    public static AlertsState Hide(AlertsState state, ImmutableArray<string> ids, string by, DateTimeOffset now)
    {
        return state.Kept.Any(IsMeant) ? state with { Kept = [.. state.Kept.Select(kept => IsMeant(kept) ? kept with { HiddenAt = now, HiddenBy = by } : kept)] } : state;

        bool IsMeant(KeptAlert kept) => kept.IsShown && ids.Contains(kept.Alert.Id);
    }

    /// <summary>The alerts to show, newest first.</summary>
    public static ImmutableArray<Alert> Shown(AlertsState state) => [.. state.Kept.Where(kept => kept.IsShown).Select(kept => kept.Alert).Reverse()];

    // One comes at a time, so one goes at most.
    private static ImmutableArray<KeptAlert> Trim(ImmutableArray<KeptAlert> kept)
    {
        if (kept.Length <= IAlertsGrain.MaxKept)
            return kept;
        var hidden = kept.FirstOrDefault(alert => !alert.IsShown);
        return hidden is null ? kept.RemoveAt(0) : kept.Remove(hidden);
    }
}
