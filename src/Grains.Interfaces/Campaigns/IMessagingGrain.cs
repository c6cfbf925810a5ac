using System.Collections.Immutable;

namespace Connect.Campaigns;

/// <summary>Counts and prices texts by the silo's part rule, without sending. Key: 0.</summary>
[Alias("connect.campaigns.IMessagingGrain")]
public interface IMessagingGrain : IGrainWithIntegerKey
{
    /// <summary>Counts the parts of a text.</summary>
    [Alias("count")] Task<PartCount> Count(string text);

    /// <summary>What a text costs for recipients: valid, skipped, credits needed.</summary>
    [Alias("estimate")] Task<EstimateView> Estimate(string text, ImmutableArray<RecipientInput> recipients);
}

/// <summary>How many parts a text takes, and why.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.part-count")]
public sealed record PartCount
{
    /// <summary>Parts; 0 for an empty text. More than 3 is refused.</summary>
    [Id(0)] public required int Parts { get; init; }

    /// <summary>Whether a character outside the GSM 7-bit alphabet makes it Unicode.</summary>
    [Id(1)] public required bool Unicode { get; init; }

    /// <summary>Units used: septets, or UTF-16 units when Unicode.</summary>
    [Id(2)] public required int Units { get; init; }

    /// <summary>Units that still fit into the last part.</summary>
    [Id(3)] public required int UnitsLeft { get; init; }

    /// <summary>The distinct characters that made it Unicode, in order of appearance.</summary>
    [Id(4)] public required ImmutableArray<string> UnicodeCharacters { get; init; }
}

/// <summary>What a send would take.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.estimate")]
public sealed record EstimateView
{
    /// <summary>Recipients that would be sent to.</summary>
    [Id(0)] public required int Recipients { get; init; }

    /// <summary>Recipients that would be skipped.</summary>
    [Id(1)] public required int Skipped { get; init; }

    /// <summary>Credits it takes.</summary>
    [Id(2)] public required long Credits { get; init; }

    /// <summary>The text as written, counted.</summary>
    [Id(3)] public required PartCount Text { get; init; }
}
