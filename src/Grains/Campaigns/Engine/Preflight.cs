using System.Collections.Immutable;
using System.Globalization;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>When a scheduled campaign is looked at ahead of its time, the latest last.</summary>
public enum PreflightStage
{
    /// <summary>When it was scheduled.</summary>
    Scheduled,

    /// <summary>A day before its time.</summary>
    DayBefore,

    /// <summary>An hour before its time.</summary>
    HourBefore,

    /// <summary>At its time.</summary>
    Start,
}

/// <summary>The look ahead at scheduled campaigns: its stages and the alerts they raise. Pure.</summary>
public static class Preflight
{
    private static readonly ImmutableArray<(PreflightStage Stage, TimeSpan Before, string Word)> Stages =
    [
        (PreflightStage.Scheduled, TimeSpan.MaxValue, "scheduled"),
        (PreflightStage.DayBefore, TimeSpan.FromHours(24), "24h"),
        (PreflightStage.HourBefore, TimeSpan.FromHours(1), "1h"),
        (PreflightStage.Start, TimeSpan.Zero, "start"),
    ];

    /// <summary>The stage that a campaign has come to: the latest, so that a clock which jumps over several is one look.</summary>
    public static PreflightStage StageAt(DateTimeOffset scheduledAt, DateTimeOffset now) => Stages.Last(stage => scheduledAt - now <= stage.Before).Stage;

    /// <summary>How long to rest until the next stage; zero once its time has come.</summary>
    public static TimeSpan UntilNext(DateTimeOffset scheduledAt, DateTimeOffset now)
    {
        var left = scheduledAt - now;
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left - Stages.First(stage => stage.Before < left).Before;
    }

    /// <summary>The id of the alert that a stage raises. A campaign whose text or time was changed is spoken of anew.</summary>
    public static string AlertId(string campaignId, PreflightStage stage, int edition = 0)
    {
        var word = Stages.First(known => known.Stage == stage).Word;
        return edition == 0 ? $"not-covered:{campaignId}:{word}" : string.Create(CultureInfo.InvariantCulture, $"not-covered:{campaignId}:{word}:{edition}");
    }

    /// <summary>The ids of the alerts that stages before this one may have raised, also before the campaign was changed, since the edition that was last looked at.</summary>
    public static ImmutableArray<string> AlertIdsBefore(string campaignId, PreflightStage stage, int edition = 0, int lookedAt = 0) =>
    [
        .. Ids(campaignId, lookedAt, edition - 1),
        .. Stages.Where(known => known.Stage < stage).Select(known => AlertId(campaignId, known.Stage, edition)),
    ];

    /// <summary>The ids of all alerts that the look ahead may have raised and nothing has replaced, since the edition that was last looked at.</summary>
    public static ImmutableArray<string> AlertIds(string campaignId, int edition = 0, int lookedAt = 0) => [.. Ids(campaignId, lookedAt, edition)];

    private static IEnumerable<string> Ids(string campaignId, int first, int last)
    {
        for (var edition = first; edition <= last; edition++)
        {
            foreach (var (stage, _, _) in Stages)
                yield return AlertId(campaignId, stage, edition);
        }
    }
}
