using System.Text.Json.Serialization;
using Connect.Campaigns;
using Connect.Grains.Storage;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>What a campaign grain stores: small, whatever the number of recipients.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.state")]
public sealed record CampaignState : SavedRecord
{
    /// <summary>What it is; null until it was created.</summary>
    [Id(0)] public CampaignDraft? Draft { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)] public CampaignStatus Status { get; init; }

    /// <summary>Rows given.</summary>
    [Id(2)] public long Total { get; init; }

    /// <summary>Rows that are skipped since the import.</summary>
    [Id(3)] public long SkippedAtImport { get; init; }

    /// <summary>Pages before this one are settled, and summed in <see cref="Settled"/>.</summary>
    [Id(4)] public int SettledPages { get; init; }

    /// <summary>The figures of the settled pages.</summary>
    [Id(5)] public PageFigures Settled { get; init; }

    /// <summary>Pages from this one on were never asked to debit. Saved before those before it are.</summary>
    [Id(6)] public int DebitFrontier { get; init; }

    /// <summary>A person has ended it.</summary>
    [Id(7)] public bool CancelRequested { get; init; }

    /// <summary>Who started the send.</summary>
    [Id(8)] public string StartedBy { get; init; } = "";

    /// <summary>When it was made, UTC.</summary>
    [Id(9)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    [Id(10)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the account's list of campaigns has it.</summary>
    [Id(11)] public bool Indexed { get; init; }

    /// <summary>The account's sender number when the send started; null for the gateway's own.</summary>
    [Id(20)] public string? Sender { get; init; }

    /// <summary>Whether <see cref="Sender"/> was asked for.</summary>
    [Id(21)] public bool SenderKnown { get; init; }

    /// <summary>The list is open: rows are added. False in drafts stored before there was such a member: those are complete.</summary>
    [Id(30)] public bool Importing { get; init; }

    /// <summary>What the rows of the list come to. Null in what an earlier version stored: it is then counted from the pages when the campaign is first activated.</summary>
    [Id(31)] public ImportFigures? Imported { get; init; }

    /// <summary>Country of the list's numbers without a country code; null before the first rows.</summary>
    [Id(32)] public string? Country { get; init; }

    /// <summary>Of a duplicate: pages of the other campaign before this one are copied.</summary>
    [Id(33)] public int CopiedPages { get; init; }

    /// <summary>The latest stage at which it was looked ahead whether it will be covered; null before the first.</summary>
    [Id(40)] public PreflightStage? Preflight { get; init; }

    /// <summary>The look ahead found that it will not be covered, and the account has an alert or is about to. Saved before the alert is raised, and taken back after it has gone.</summary>
    [Id(41)] public bool NotCovered { get; init; }

    /// <summary>The <see cref="Edition"/> that was last looked at: the alerts of those before it are gone.</summary>
    [Id(42)] public int LookedAt { get; init; }

    /// <summary>The texts of the rows are being counted anew; null when they are not.</summary>
    [Id(50)] public Recount? Recount { get; init; }

    /// <summary>How often its text or its time was changed.</summary>
    [Id(51)] public int Edition { get; init; }

    /// <summary>What it was made as; null while that is <see cref="Draft"/>.</summary>
    [Id(52)] public CampaignDraft? Original { get; init; }

    /// <summary>Pages that hold <see cref="Total"/> rows.</summary>
    public int Pages => (int)((Total + PageRules.PageSize - 1) / PageRules.PageSize);

    /// <summary>Whether nothing more will happen to it.</summary>
    public bool HasEnded => Status is CampaignStatus.Completed or CampaignStatus.StoppedOutOfCredits or CampaignStatus.Canceled;

    /// <summary>Whether what the list comes to is not known yet: rows are being added, or counted anew.</summary>
    [JsonIgnore]
    public bool IsListOpen => Status switch
    {
        CampaignStatus.Draft => Importing || Recount is not null,
        CampaignStatus.Scheduled => Recount is not null,
        _ => false,
    };

    /// <summary>Rows on a page.</summary>
    public int RowsOn(int page) => (int)Math.Min(PageRules.PageSize, Total - (long)page * PageRules.PageSize);
}
