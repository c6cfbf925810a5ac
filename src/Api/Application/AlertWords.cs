using System.Globalization;
using Connect.Alerts;

namespace Connect.Api.Application;

/// <summary>What alerts say, in plain English: the one place, for the API and the pages. Pure.</summary>
public static class AlertWords
{
    /// <summary>A few words that name the matter.</summary>
    public static string Title(Alert alert) => alert.Kind switch
    {
        AlertKind.CampaignStopped => $"“{alert.Facts.CampaignName}” stopped: credits ran out",
        AlertKind.ScheduledNotCovered when HasStarted(alert) => $"“{alert.Facts.CampaignName}” started without enough credits",
        AlertKind.ScheduledNotCovered => $"“{alert.Facts.CampaignName}” needs more credits than there will be",
        _ => throw new ArgumentOutOfRangeException(nameof(alert), alert.Kind, null),
    };

    /// <summary>What happened and what to do. Who may not see credits is told nothing of how many there are.</summary>
    public static string Text(Alert alert, bool mayKnowCredits) => alert.Kind switch
    {
        AlertKind.CampaignStopped => $"{Reached(alert.Facts)} {Buy(mayKnowCredits)}, then duplicate the campaign for the remaining {Number(alert.Facts.Remaining)}. It does not go on by itself.",
        AlertKind.ScheduledNotCovered when HasStarted(alert) => $"It began at {Time(alert.Facts.ScheduledAt)}. {Missing(alert.Facts, "were available", mayKnowCredits)} {Buy(mayKnowCredits)}, or it stops when they run out.",
        AlertKind.ScheduledNotCovered => $"It will be sent at {Time(alert.Facts.ScheduledAt)}. {Missing(alert.Facts, "will be available then", mayKnowCredits)} {Buy(mayKnowCredits)} before then, or it stops when they run out.",
        _ => throw new ArgumentOutOfRangeException(nameof(alert), alert.Kind, null),
    };

    private static bool HasStarted(Alert alert) => alert.Facts.ScheduledAt <= alert.RaisedAt;

    private static string Reached(AlertFacts facts) =>
        $"{Number(facts.Sent)} of {Number(facts.Recipients)} recipients were sent the message; {Number(facts.Remaining)} received nothing.";

    private static string Missing(AlertFacts facts, string available, bool mayKnowCredits) => mayKnowCredits
        ? $"It takes {Credits(facts.Required)}, and {Number(facts.Available)} {available}{Before(facts)}: {Number(facts.Shortfall)} too few."
        : $"It takes {Credits(facts.Required)}, more than {available}.";

    private static string Before(AlertFacts facts) => facts.PromisedBefore is { } promised ? $", less {Number(promised)} that other campaigns take first" : "";

    private static string Buy(bool mayBuy) => mayBuy ? "Buy credits" : "Ask somebody with billing access to buy credits";

    private static string Credits(long? credits) => credits == 1 ? "1 credit" : $"{Number(credits)} credits";

    private static string Number(long? number) => (number ?? 0).ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset? time) => string.Create(CultureInfo.InvariantCulture, $"{time?.UtcDateTime:d MMM yyyy, HH:mm} UTC");
}
