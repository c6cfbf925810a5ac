using Connect.Campaigns;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The rules of a campaign that is made of another one's recipients. Pure.</summary>
public static class CopyRules
{
    /// <summary>The draft of a duplicate: sent at once, when it is sent.</summary>
    public static CampaignDraft Draft(string id, CampaignDraft draft, DuplicateOf of, string actor)
    {
        var suffix = of switch
        {
            DuplicateOf.Remaining => " (remaining)",
            DuplicateOf.Failed => " (failed)",
            DuplicateOf.Unknown => " (unknown)",
            _ => " (copy)",
        };
        var name = draft.Name.EndsWith(suffix, StringComparison.Ordinal)
            ? draft.Name
            : draft.Name[..Math.Min(draft.Name.Length, CampaignRules.MaxName - suffix.Length)] + suffix;
        return new() { Name = name, Text = draft.Text, Actor = actor, DuplicateOf = id, DuplicatedRows = of, Fields = draft.Fields };
    }

    /// <summary>Whether a duplicate takes a row, given what became of it in a campaign that has ended.</summary>
    public static bool Takes(DuplicateOf of, RecipientStatus status) => of switch
    {
        DuplicateOf.Remaining => status is RecipientStatus.Pending or RecipientStatus.NotSentOutOfCredits or RecipientStatus.NotSentCanceled,
        DuplicateOf.Failed => status == RecipientStatus.Failed,
        DuplicateOf.Unknown => status == RecipientStatus.Unknown,
        _ => true,
    };
}
