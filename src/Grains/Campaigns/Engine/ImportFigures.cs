using Connect.Campaigns;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>What rows of a list come to at the import.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.import-figures")]
public readonly record struct ImportFigures
{
    /// <summary>Rows that are skipped, by reason.</summary>
    [Id(0)] public SkippedBy SkippedBy { get; init; }

    /// <summary>Credits that the others cost.</summary>
    [Id(1)] public long Credits { get; init; }

    /// <summary>All rows that are skipped.</summary>
    public long Skipped => SkippedBy.InvalidNumber + SkippedBy.Duplicate + SkippedBy.OptedOut + SkippedBy.TooLong + SkippedBy.Unreadable;

    /// <summary>The figures of some rows.</summary>
    public static ImportFigures Of(IEnumerable<ImportedRecipient> rows)
    {
        Span<long> statuses = stackalloc long[16];
        statuses.Clear();
        long credits = 0;
        foreach (var row in rows)
        {
            statuses[(int)row.Status]++;
            credits += row.Parts;
        }

        var skipped = new SkippedBy
        {
            InvalidNumber = statuses[(int)RecipientStatus.SkippedInvalidNumber],
            Duplicate = statuses[(int)RecipientStatus.SkippedDuplicate],
            OptedOut = statuses[(int)RecipientStatus.SkippedOptedOut],
            TooLong = statuses[(int)RecipientStatus.SkippedTooLong],
            Unreadable = statuses[(int)RecipientStatus.SkippedUnreadable],
        };
        return new() { SkippedBy = skipped, Credits = credits };
    }

    /// <summary>The sum of two.</summary>
    public static ImportFigures operator +(ImportFigures left, ImportFigures right) => new()
    {
        SkippedBy = new()
        {
            InvalidNumber = left.SkippedBy.InvalidNumber + right.SkippedBy.InvalidNumber,
            Duplicate = left.SkippedBy.Duplicate + right.SkippedBy.Duplicate,
            OptedOut = left.SkippedBy.OptedOut + right.SkippedBy.OptedOut,
            TooLong = left.SkippedBy.TooLong + right.SkippedBy.TooLong,
            Unreadable = left.SkippedBy.Unreadable + right.SkippedBy.Unreadable,
        },
        Credits = left.Credits + right.Credits,
    };

    /// <summary>The sum of two.</summary>
    public static ImportFigures Add(ImportFigures left, ImportFigures right) => left + right;
}
