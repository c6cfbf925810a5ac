using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>How the delivery of new events misbehaves. Nothing set: each event goes out once, at once, in order.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WebhookMischief
{
    /// <summary>Only events whose type begins with this, or null for all.</summary>
    public string? Type { get; init; }

    /// <summary>How many more events it is for, at least 1, or null for all until it is changed.</summary>
    public int? Count { get; init; }

    /// <summary>How much later each event goes out, in seconds of the sandbox's clock, 0 to 2,592,000 (30 days).</summary>
    public int DelaySeconds { get; init; }

    /// <summary>How often each event goes out besides, 0 to 10.</summary>
    public int Duplicate { get; init; }

    /// <summary>True: events wait for the end of a span of five seconds, and those of one span go out newest first.</summary>
    public bool Reorder { get; init; }

    /// <summary>True: events never go out by themselves; only a redelivery brings them.</summary>
    public bool Drop { get; init; }

    /// <summary>What is wrong with it, naming the member, or null.</summary>
    public string? Problem() => this switch
    {
        { Count: < 1 } => "count must be at least 1",
        { DelaySeconds: < 0 or > 2_592_000 } => "delaySeconds is 0 to 2592000",
        { Duplicate: < 0 or > 10 } => "duplicate is 0 to 10",
        _ => null,
    };
}
