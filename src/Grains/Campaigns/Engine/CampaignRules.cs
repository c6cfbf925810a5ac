using System.Collections.Immutable;
using Connect.Alerts;
using Connect.Campaigns;
using Connect.Grains.Messaging;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The rules of a campaign. Pure.</summary>
public static class CampaignRules
{
    /// <summary>Most recipients in one call.</summary>
    public const int MaxRecipientsPerCall = 1_000;

    /// <summary>Most rows of one campaign. The numbers of a draft are held in memory while rows are added, some 30 bytes each.</summary>
    public const long MaxRows = 2_000_000;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 100;

    /// <summary>Most fields of one recipient, and longest value, in characters: no text of three parts can hold more.</summary>
    public const int MaxFields = 50, MaxValue = 500;

    /// <summary>Longest id of a campaign, in characters: operation ids of its pages are made of it.</summary>
    public const int MaxId = 100;

    /// <summary>Whether a draft may be made, given what is stored. An id that could not stand in an operation id is refused as an invalid name.</summary>
    public static CampaignOutcome Create(string id, CampaignState state, CampaignDraft draft, DateTimeOffset now, PartRule rule)
    {
        if ((state.Original ?? state.Draft) is { } known)
        {
            return known.Name == draft.Name && known.Text == draft.Text && known.ScheduledAt == draft.ScheduledAt && known.DuplicateOf == draft.DuplicateOf && known.DuplicatedRows == draft.DuplicatedRows
                ? CampaignOutcome.Done
                : CampaignOutcome.AlreadyExists;
        }

        if (!IsName(draft.Name) || id.Length > MaxId || Plain(id) != id)
            return CampaignOutcome.InvalidName;
        if (RefuseText(draft.Text, rule) is { } refusal)
            return refusal;
        return draft.ScheduledAt < now ? CampaignOutcome.InvalidSchedule : CampaignOutcome.Done;
    }

    /// <summary>Whether a campaign may have this name.</summary>
    public static bool IsName(string name) => !string.IsNullOrWhiteSpace(name) && name.Length <= MaxName;

    /// <summary>Why a campaign can not have this text, or null.</summary>
    public static CampaignOutcome? RefuseText(string text, PartRule rule)
    {
        if (string.IsNullOrWhiteSpace(text))
            return CampaignOutcome.EmptyText;
        return text.Length > TextTemplate.MaxLength || PartCounter.Parts(new TextTemplate(text).Literals, rule) > PartCounter.MaxParts ? CampaignOutcome.MessageTooLong : null;
    }

    /// <summary>Whether rows may be added; <see cref="CampaignOutcome.Done"/> also when they all were added before.</summary>
    public static CampaignOutcome AddRecipients(CampaignState state, long firstRow, ImmutableArray<RecipientInput> recipients)
    {
        if (state.Draft is null)
            return CampaignOutcome.UnknownCampaign;
        if (state.Status != CampaignStatus.Draft)
            return CampaignOutcome.NotADraft;
        if (firstRow < 0 || firstRow > state.Total || recipients.Length > MaxRecipientsPerCall || firstRow + recipients.Length > MaxRows)
            return CampaignOutcome.InvalidRecipients;
        if (!recipients.All(IsWithinBounds))
            return CampaignOutcome.InvalidRecipients;
        var isOpen = state.Importing && state.Draft.DuplicateOf is null;
        return isOpen || firstRow + recipients.Length <= state.Total ? CampaignOutcome.Done : CampaignOutcome.ListClosed;
    }

    /// <summary>Whether the list may be closed with so many rows; <see cref="CampaignOutcome.Done"/> also when it was closed with them before.</summary>
    public static CampaignOutcome CloseImport(CampaignState state, long rows) => state switch
    {
        { Draft: null } => CampaignOutcome.UnknownCampaign,
        { Status: not CampaignStatus.Draft } => CampaignOutcome.NotADraft,
        { Importing: true, Draft.DuplicateOf: not null } => CampaignOutcome.StillImporting,
        _ => rows == state.Total ? CampaignOutcome.Done : CampaignOutcome.InvalidRecipients,
    };

    /// <summary>Whether the send may start.</summary>
    public static CampaignOutcome Send(CampaignState state) => state switch
    {
        { Draft: null } => CampaignOutcome.UnknownCampaign,
        { Status: not CampaignStatus.Draft } => CampaignOutcome.AlreadyStarted,
        { IsListOpen: true } => CampaignOutcome.StillImporting,
        { Total: 0 } => CampaignOutcome.NoRecipients,
        _ => CampaignOutcome.Done,
    };

    /// <summary>Whether it may be cancelled.</summary>
    public static CampaignOutcome Cancel(CampaignState state) =>
        state.Draft is null ? CampaignOutcome.UnknownCampaign : state.HasEnded ? CampaignOutcome.Ended : CampaignOutcome.Done;

    /// <summary>How a send ended: out of credits when the account could not pay for everybody; cancelled when that left somebody out; else completed.</summary>
    public static CampaignStatus End(CampaignState state, bool outOfCredits) =>
        outOfCredits ? CampaignStatus.StoppedOutOfCredits
        : state.CancelRequested && Remaining(state, state.Settled) > 0 ? CampaignStatus.Canceled
        : CampaignStatus.Completed;

    /// <summary>What the account is told about a campaign that stopped.</summary>
    public static AlertToRaise Stopped(string id, CampaignState state, PageFigures figures) => new()
    {
        Id = $"campaign-stopped:{id}",
        Kind = AlertKind.CampaignStopped,
        Replaces = Preflight.AlertIds(id, state.Edition, state.LookedAt),
        Facts = new() { CampaignId = id, CampaignName = state.Draft!.Name, Recipients = state.Total, Sent = figures.Sent, Remaining = Remaining(state, figures) },
    };

    /// <summary>What became of rows that a send never reached.</summary>
    public static RecipientStatus Unreached(CampaignState state) => state.Status switch
    {
        CampaignStatus.StoppedOutOfCredits => RecipientStatus.NotSentOutOfCredits,
        CampaignStatus.Canceled => RecipientStatus.NotSentCanceled,
        _ => RecipientStatus.Pending,
    };

    /// <summary>The campaign with these figures of its pages, and what was reported about them.</summary>
    public static CampaignView View(string id, CampaignState state, PageFigures figures, PageDelivery delivery) => new()
    {
        Id = id,
        Name = state.Draft!.Name,
        Text = state.Draft.Text,
        Status = state.Status,
        ScheduledAt = state.Draft.ScheduledAt,
        Total = state.Total,
        Sent = figures.Sent + delivery.Resolved,
        Failed = figures.Failed,
        Skipped = state.SkippedAtImport + figures.TooLong + figures.OptedOut,
        Unknown = figures.Unknown - delivery.Resolved,
        Remaining = Remaining(state, figures),
        CreditsUsed = figures.Credits,
        CreatedAt = state.CreatedAt,
        EndedAt = state.EndedAt,
        DuplicateOf = state.Draft.DuplicateOf,
        Importing = state.IsListOpen,
        Counting = state is { IsListOpen: true, Recount: not null },
        Delivered = delivery.Delivered,
        Undelivered = delivery.Undelivered,
        SkippedBy = Skipped(state, figures),
        CreditsNeeded = state.Imported?.Credits ?? 0,
    };

    /// <summary>Who started a send, as the ledger takes it: at most 100 characters, nothing unprintable. A debit that the ledger could not keep would be tried for ever.</summary>
    public static string Starter(string? actor) => Plain(actor ?? "") is { Length: > MaxName } plain ? plain[..MaxName] : Plain(actor ?? "");

    private static string Plain(string text) => new([.. text.Where(character => !char.IsControl(character) && !char.IsSurrogate(character))]);

    private static SkippedBy Skipped(CampaignState state, PageFigures figures)
    {
        var atImport = state.Imported.GetValueOrDefault().SkippedBy;
        return atImport with { TooLong = atImport.TooLong + figures.TooLong, OptedOut = atImport.OptedOut + figures.OptedOut };
    }

    private static long Remaining(CampaignState state, PageFigures figures) =>
        state.Total - state.SkippedAtImport - figures.TooLong - figures.OptedOut - figures.Sent - figures.Failed - figures.Unknown;

    private static bool IsWithinBounds(RecipientInput recipient)
    {
        if (recipient.Fields.Count > MaxFields)
            return false;
        foreach (var (_, value) in recipient.Fields)
        {
            if (value?.Length > MaxValue)
                return false;
        }

        return true;
    }
}
