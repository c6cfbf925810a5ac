namespace Connect.Grains.Campaigns.Engine;

/// <summary>How far the rows of a list are counted anew after the campaign's text was changed.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.recount")]
public sealed record Recount
{
    /// <summary>The edition of the campaign that it counts: a further change of the text begins another count.</summary>
    [Id(0)] public required int Edition { get; init; }

    /// <summary>Pages before this one are counted.</summary>
    [Id(1)] public int NextPage { get; init; }

    /// <summary>What the rows of these pages come to.</summary>
    [Id(2)] public ImportFigures Figures { get; init; }
}
