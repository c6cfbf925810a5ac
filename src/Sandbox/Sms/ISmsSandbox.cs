using System.Collections.Immutable;
using Connect.Messaging;

namespace Connect.Sandbox.Sms;

/// <summary>Looks into the SMS sandbox and makes it fail. It sees what every process that shares the data directory was given.</summary>
public interface ISmsSandbox
{
    /// <summary>
    /// What was accepted, oldest first within each process: at most <paramref name="limit"/> (1 to 10,000) after the first <paramref name="skip"/>; of one campaign or flow, of one account, or of all.
    /// Reads the files, so its cost grows with all that was ever accepted.
    /// </summary>
    Task<SandboxSmsPage> List(string? campaignId = null, string? accountId = null, int skip = 0, int limit = 1_000, CancellationToken cancellationToken = default);

    /// <summary>Sets faults for the messages that follow, in place of those set before. Other processes follow within a quarter of a second and count for themselves.</summary>
    void SetFaults(SmsFaults faults);

    /// <summary>The faults that are left.</summary>
    SmsFaults Faults { get; }
}

/// <summary>A message that the sandbox accepted.</summary>
public sealed record SandboxSms
{
    /// <summary>The account that paid.</summary>
    public required string AccountId { get; init; }

    /// <summary>The campaign, or the flow of an automation.</summary>
    public required string CampaignId { get; init; }

    /// <summary>The message's own id; the sandbox accepts it as often as it is handed over, so that a second time shows.</summary>
    public required string MessageId { get; init; }

    /// <summary>E.164.</summary>
    public required string To { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>Parts it was counted as.</summary>
    public required int Parts { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What it is part of.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>The sender; null for the sandbox's own.</summary>
    public string? From { get; init; }
}

/// <summary>Some of the accepted messages.</summary>
public sealed record SandboxSmsPage
{
    /// <summary>The messages.</summary>
    public required ImmutableArray<SandboxSms> Messages { get; init; }

    /// <summary>How many there are in all.</summary>
    public required long Total { get; init; }

    /// <summary>Their parts in all.</summary>
    public required long TotalParts { get; init; }
}

/// <summary>How the sandbox misbehaves.</summary>
public sealed record SmsFaults
{
    /// <summary>Numbers, or beginnings of numbers, in E.164 that are refused.</summary>
    public ImmutableArray<string> RefusePrefixes { get; init; } = [];

    /// <summary>Milliseconds that every answer takes, 0 to 60,000.</summary>
    public int DelayMs { get; init; }

    /// <summary>So many of the next messages are refused.</summary>
    public int RefuseNext { get; init; }

    /// <summary>So many of the next messages are accepted, and the answer is lost.</summary>
    public int LoseAnswerNext { get; init; }

    /// <summary>Nothing is taken while it is set, as if the gateway were down: what is being sent waits.</summary>
    public bool Unavailable { get; init; }

    /// <summary>Numbers, or beginnings of numbers, in E.164 that are reported as undelivered.</summary>
    public ImmutableArray<string> UndeliverPrefixes { get; init; } = [];

    /// <summary>Milliseconds after which a message is reported, 0 to <see cref="MaxReportDelayMs"/>, by the program's clock.</summary>
    public int ReportDelayMs { get; init; } = 1_000;

    /// <summary>Nothing is reported about messages whose report falls due while it is set.</summary>
    public bool DropReports { get; init; }

    /// <summary>Every report comes twice.</summary>
    public bool DuplicateReports { get; init; }

    /// <summary>Reports that go together come newest first, each followed by a late one that the carrier has taken the message.</summary>
    public bool ReorderReports { get; init; }

    /// <summary>Longest delay of a report: a day.</summary>
    public const int MaxReportDelayMs = 86_400_000;
}
