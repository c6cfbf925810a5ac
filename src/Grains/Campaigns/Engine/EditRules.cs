using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Messaging;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>The rules of changing a campaign before it sends. Pure.</summary>
public static class EditRules
{
    /// <summary>Whether it may be changed so.</summary>
    public static CampaignOutcome Edit(CampaignState state, EditCampaign edit, DateTimeOffset now, PartRule rule)
    {
        if (state.Draft is not { } draft)
            return CampaignOutcome.UnknownCampaign;
        if (state.HasEnded)
            return CampaignOutcome.Ended;
        if (state.Status == CampaignStatus.Sending)
            return CampaignOutcome.AlreadyStarted;
        if (edit.Name is not null && !CampaignRules.IsName(edit.Name))
            return CampaignOutcome.InvalidName;
        if (edit.ScheduledAt is { } at && at != draft.ScheduledAt && at < now || edit is { ScheduledAt: not null, ClearSchedule: true })
            return CampaignOutcome.InvalidSchedule;
        return edit.Text is { } text && text != draft.Text ? Text(state, text, rule) : CampaignOutcome.Done;
    }

    /// <summary>The campaign as it is then; the same state when nothing changes.</summary>
    public static CampaignState Edited(CampaignState state, EditCampaign edit)
    {
        var draft = state.Draft!;
        var name = edit.Name ?? draft.Name;
        var text = edit.Text ?? draft.Text;
        var at = edit.ClearSchedule ? null : edit.ScheduledAt ?? draft.ScheduledAt;
        var (isText, isTime) = (text != draft.Text, at != draft.ScheduledAt);
        if (!isText && !isTime && name == draft.Name)
            return state;
        ImmutableArray<string>? fields = state.Total == 0 ? null : isText ? draft.Fields ?? [.. new TextTemplate(draft.Text).Fields] : draft.Fields;
        var edition = isText || isTime ? state.Edition + 1 : state.Edition;
        var edited = state with
        {
            Draft = draft with { Name = name, Text = text, ScheduledAt = at, Fields = fields },
            Original = state.Original ?? draft,
            Edition = edition,
            // A campaign without a time waits for nobody but the person who sends it.
            Status = at is null ? CampaignStatus.Draft : state.Status,
            Preflight = isText || isTime ? null : state.Preflight,
        };
        return isText && state.Total > 0
            ? edited with { Recount = new() { Edition = edition }, Imported = edited.Imported.GetValueOrDefault() with { Credits = 0 } }
            : edited;
    }

    /// <summary>Takes in what further pages come to; behind the last the list is counted. Nothing when the text was changed once more meanwhile.</summary>
    public static CampaignState Counted(CampaignState state, Recount before, int pages, ImportFigures figures)
    {
        if (state.Recount is not { } recount || recount.Edition != before.Edition || recount.NextPage != before.NextPage)
            return state;
        var next = recount with { NextPage = recount.NextPage + pages, Figures = recount.Figures + figures };
        return next.NextPage < state.Pages
            ? state with { Recount = next, Imported = state.Imported.GetValueOrDefault() with { Credits = next.Figures.Credits } }
            : state with { Recount = null, Imported = next.Figures, SkippedAtImport = next.Figures.Skipped, Preflight = null };
    }

    /// <summary>A row with its text counted anew. Only that can change what it is: whom the list leaves out for another reason stays out.</summary>
    public static ImportedRecipient Counted(ImportedRecipient row, TextTemplate text, PartRule rule)
    {
        if (row.Status is not (RecipientStatus.Pending or RecipientStatus.SkippedTooLong))
            return row;
        var parts = PageRules.Parts(text.Render(row.Values), rule);
        return row with { Parts = parts, Status = parts > 0 ? RecipientStatus.Pending : RecipientStatus.SkippedTooLong };
    }

    private static CampaignOutcome Text(CampaignState state, string text, PartRule rule)
    {
        if (CampaignRules.RefuseText(text, rule) is { } refusal)
            return refusal;
        if (state.Importing && (state.Total > 0 || state.Draft!.DuplicateOf is not null))
            return CampaignOutcome.StillImporting;
        if (state.Total == 0)
            return CampaignOutcome.Done;
        var kept = new TextTemplate(state.Draft!.Fields is null ? state.Draft.Text : "", state.Draft.Fields).Fields;
        return new TextTemplate(text).Fields.All(field => kept.Contains(field, StringComparer.OrdinalIgnoreCase)) ? CampaignOutcome.Done : CampaignOutcome.UnknownFields;
    }
}
