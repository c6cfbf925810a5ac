using System.Collections.Immutable;

namespace Connect.Campaigns;

/// <summary>Counts and prices texts by the silo's part rule, without sending. Key: 0.</summary>
[Alias("connect.campaigns.IMessagingGrain")]
public interface IMessagingGrain : IGrainWithIntegerKey
{
    /// <summary>Most recipients of one preview; those after them are left out.</summary>
    const int MaxPreviews = 10;

    /// <summary>Counts the parts of a text.</summary>
    [Alias("count")] Task<PartCount> Count(string text);

    /// <summary>The text in its plain spelling: what <see cref="PartCount.Replacements"/> lists is replaced, its places and everything within the GSM alphabet stay.</summary>
    [Alias("plain")] Task<string> Plain(string text);

    /// <summary>What each of these recipients would read, in their order, at most <see cref="MaxPreviews"/> of them.</summary>
    [Alias("preview")] Task<ImmutableArray<RenderedText>> Preview(string text, ImmutableArray<RecipientInput> recipients);

    /// <summary>What a text costs for recipients: valid, skipped, credits needed.</summary>
    [Alias("estimate")] Task<EstimateView> Estimate(string text, ImmutableArray<RecipientInput> recipients);

    /// <summary>The same for an account, as its campaign would count it: numbers are read with its country, and whoever has opted out is skipped.</summary>
    [Alias("estimate-for")] Task<EstimateView> EstimateFor(string accountId, string text, ImmutableArray<RecipientInput> recipients);
}

/// <summary>How many parts a text takes, and why.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.part-count")]
public sealed record PartCount
{
    /// <summary>Parts of the text as it is written, places included; 0 for an empty text.</summary>
    [Id(0)] public required int Parts { get; init; }

    /// <summary>Whether a character outside the GSM 7-bit alphabet makes it Unicode.</summary>
    [Id(1)] public required bool Unicode { get; init; }

    /// <summary>Units used: septets, or UTF-16 units when Unicode.</summary>
    [Id(2)] public required int Units { get; init; }

    /// <summary>Units that still fit into the last part.</summary>
    [Id(3)] public required int UnitsLeft { get; init; }

    /// <summary>The distinct characters that made it Unicode, in order of appearance.</summary>
    [Id(4)] public required ImmutableArray<string> UnicodeCharacters { get; init; }

    /// <summary>What a plain spelling would replace, in order of appearance; empty when the text is not Unicode, and without the characters that have no plain spelling.</summary>
    [Id(5)] public ImmutableArray<Replacement> Replacements { get; init; } = [];

    /// <summary>Parts of the text in its plain spelling; the same as <see cref="Parts"/> when there is nothing to replace.</summary>
    [Id(6)] public int PlainParts { get; init; }

    /// <summary>Whether no campaign can have it: it takes more than 3 parts even without its places. One that takes more only as it is written may still be short enough for each recipient.</summary>
    [Id(7)] public bool TooLong { get; init; }
}

/// <summary>A text with its places filled in for one recipient.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.rendered-text")]
public sealed record RenderedText
{
    /// <summary>The text.</summary>
    [Id(0)] public required string Text { get; init; }

    /// <summary>Its parts; 0 when it is empty. More than 3 is not sent.</summary>
    [Id(1)] public required int Parts { get; init; }
}

/// <summary>A character outside the GSM 7-bit alphabet that has a plain spelling.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.replacement")]
public sealed record Replacement
{
    /// <summary>The character as a reader sees it: a letter with its accents, or an emoji of several code points, is one.</summary>
    [Id(0)] public required string Character { get; init; }

    /// <summary>What stands in its place, within the alphabet; empty when it is left out, as an emoji is.</summary>
    [Id(1)] public required string Plain { get; init; }

    /// <summary>How often it is replaced.</summary>
    [Id(2)] public required int Count { get; init; }
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
