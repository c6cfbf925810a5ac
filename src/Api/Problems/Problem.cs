using System.Collections.Immutable;

namespace Connect.Api.Problems;

/// <summary>A refusal or failure as callers see it (RFC 9457). Made only by <see cref="Refuse"/>, so that each is stated once.</summary>
public sealed record Problem
{
    /// <summary>The stable slug that programs match on; the <c>type</c> member.</summary>
    public required string Type { get; init; }

    /// <summary>HTTP status code.</summary>
    public required int Status { get; init; }

    /// <summary>The kind of problem in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>A sentence on this occurrence: what happened and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>The input at fault, in camelCase with dots and brackets, such as <c>recipients[3].to</c>.</summary>
    public string? Field { get; init; }

    /// <summary>Seconds after which repeating makes sense.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Further members, such as <c>shortfall</c>.</summary>
    public ImmutableDictionary<string, object?> More { get; init; } = ImmutableDictionary<string, object?>.Empty;
}
