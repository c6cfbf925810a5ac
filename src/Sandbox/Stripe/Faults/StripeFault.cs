using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>One way in which the sandbox's API misbehaves, and for which requests.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StripeFault
{
    /// <summary>The HTTP method it is for, or null for any.</summary>
    public string? Method { get; init; }

    /// <summary>A part of the path (below the prefix, for example <c>/confirm</c>) it is for, or null for any.</summary>
    public string? PathContains { get; init; }

    /// <summary>The customer it is for, or null for any: one that the request names, or whose object the path names.</summary>
    public string? Customer { get; init; }

    /// <summary>How many more requests it is for, at least 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Whether the request is carried out first; without meaning for <see cref="StripeFaultKind.RolledForward"/>.</summary>
    public StripeFaultTime When { get; init; } = StripeFaultTime.Before;

    /// <summary>What happens.</summary>
    public required StripeFaultKind Kind { get; init; }

    /// <summary>For <see cref="StripeFaultKind.Slow"/> and <see cref="StripeFaultKind.RolledForward"/>: how long, in milliseconds of the sandbox's clock; more than 0 for the former.</summary>
    public int DelayMs { get; init; }

    /// <summary>What is wrong with the rule, naming the member, or null.</summary>
    public string? Problem() => this switch
    {
        { Count: < 1 } => "count must be at least 1",
        { DelayMs: < 0 } => "delayMs must not be negative",
        { Kind: StripeFaultKind.Slow, DelayMs: 0 } => "delayMs must be more than 0 for slow",
        _ => null,
    };

    /// <summary>True when the rule is for this request.</summary>
    internal bool Matches(string method, string path, string? customer) =>
        (Method is null || Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && (Customer is null || Customer == customer)
        && (PathContains is null || path.Contains(PathContains, StringComparison.Ordinal));
}

/// <summary>When a fault strikes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StripeFaultTime>))]
public enum StripeFaultTime
{
    /// <summary>Before anything is done: the request leaves no trace, and its idempotency key stays unused.</summary>
    [JsonStringEnumMemberName("before")]
    Before,

    /// <summary>After the request is carried out and durable: only the answer is lost or replaced.</summary>
    [JsonStringEnumMemberName("after")]
    After,
}

/// <summary>What a fault does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StripeFaultKind>))]
public enum StripeFaultKind
{
    /// <summary>500 with a JSON error. After execution it is also what the idempotency key replays.</summary>
    [JsonStringEnumMemberName("500")]
    ServerError,

    /// <summary>503 with an HTML page, as from something between the client and the API.</summary>
    [JsonStringEnumMemberName("503html")]
    HtmlUnavailable,

    /// <summary>429, too many requests.</summary>
    [JsonStringEnumMemberName("429")]
    TooManyRequests,

    /// <summary>409, another request with this idempotency key is in progress.</summary>
    [JsonStringEnumMemberName("409")]
    Conflict,

    /// <summary>The connection is reset without an answer.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset,

    /// <summary>No answer ever comes; it ends when the client leaves or the server stops.</summary>
    [JsonStringEnumMemberName("hang")]
    Hang,

    /// <summary>The connection is reset in the middle of the body.</summary>
    [JsonStringEnumMemberName("cut")]
    Cut,

    /// <summary>500 with a JSON error, which the idempotency key replays; the request is carried out only <c>delayMs</c> later.</summary>
    [JsonStringEnumMemberName("500later")]
    RolledForward,

    /// <summary>The answer is right, but late.</summary>
    [JsonStringEnumMemberName("slow")]
    Slow,
}
