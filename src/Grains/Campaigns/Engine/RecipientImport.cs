using Connect.Campaigns;
using Connect.Grains.Messaging;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>
/// Takes in the rows of one draft, in order: brings numbers to E.164, finds those that stand earlier in the list, and counts each row's text. The comparison is exact over the whole
/// campaign: all numbers of the draft are in the set. The set is rebuilt from the pages when the draft is activated again.
/// </summary>
/// <param name="numbers">Reads numbers.</param>
/// <param name="text">The campaign's text: only the fields it uses are kept.</param>
/// <param name="rule">How texts are cut into parts.</param>
/// <param name="known">The numbers of the rows so far.</param>
public sealed class RecipientImport(MobileNumbers numbers, TextTemplate text, PartRule rule, HashSet<ulong> known)
{
    private readonly int _same = text.Fields.Count == 0 ? PageRules.Parts(text.Text, rule) : -1;

    /// <summary>Takes in the next row. Whether its number is opted out is not known here: see <see cref="OptedOut"/>.</summary>
    public ImportedRecipient Add(RecipientInput recipient)
    {
        if (recipient.Problem is { } problem)
            return new() { Given = Shorten(recipient.To), Status = RecipientStatus.SkippedUnreadable, Problem = problem };
        var values = text.Values(recipient.Fields);
        if (numbers.Normalize(recipient.To) is not { } number)
            return new() { Given = Shorten(recipient.To), Status = RecipientStatus.SkippedInvalidNumber, Values = values };
        if (!known.Add(number))
            return new() { Number = number, Status = RecipientStatus.SkippedDuplicate, Values = values };
        var parts = _same >= 0 ? _same : PageRules.Parts(text.Render(values), rule);
        return new() { Number = number, Status = parts > 0 ? RecipientStatus.Pending : RecipientStatus.SkippedTooLong, Values = values, Parts = parts };
    }

    /// <summary>Whether a row's number must be looked up among the opted-out ones.</summary>
    public static bool MayBeOptedOut(ImportedRecipient row) => row.Status is RecipientStatus.Pending or RecipientStatus.SkippedTooLong;

    /// <summary>The row of a number that is opted out.</summary>
    public static ImportedRecipient OptedOut(ImportedRecipient row) => row with { Status = RecipientStatus.SkippedOptedOut, Parts = 0 };

    private static string Shorten(string? given) =>
        given is null ? "" : given.Length > MobileNumbers.MaxLength ? given[..MobileNumbers.MaxLength] : given;
}
