using Connect.Campaigns;
using Connect.Grains.Messaging;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>
/// Takes in the rows of one draft, in order: brings numbers to E.164 and finds those that stand earlier in the list. The comparison is exact over the whole campaign: a number is an integer of
/// at most 15 digits, and all those of the draft are in the set. The set is rebuilt from the pages when the draft is activated again.
/// </summary>
/// <param name="numbers">Reads numbers.</param>
/// <param name="text">The campaign's text: only the fields it uses are kept.</param>
/// <param name="known">The numbers of the rows so far.</param>
public sealed class RecipientImport(MobileNumbers numbers, TextTemplate text, HashSet<ulong> known)
{
    /// <summary>Takes in the next row.</summary>
    public ImportedRecipient Add(RecipientInput recipient)
    {
        var values = text.Values(recipient.Fields);
        if (numbers.Normalize(recipient.To) is not { } number)
            return new() { Given = Shorten(recipient.To), Status = RecipientStatus.SkippedInvalidNumber, Values = values };
        return new() { Number = number, Status = known.Add(number) ? RecipientStatus.Pending : RecipientStatus.SkippedDuplicate, Values = values };
    }

    private static string Shorten(string? given) =>
        given is null ? "" : given.Length > MobileNumbers.MaxLength ? given[..MobileNumbers.MaxLength] : given;
}
