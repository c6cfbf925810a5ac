namespace Connect.Messaging;

/// <summary>Takes the messages that people send to our sender numbers. Key: 0.</summary>
[Alias("connect.messaging.IInboundGrain")]
public interface IInboundGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Reads a message and does what its first word asks for: STOP and its like opt the sender out, START and its like take that back, everything else is passed over.
    /// A number that belongs to one account stands for that account; any other is shared, so the sender is opted out of everybody's messages.
    /// Returns when it is durable, throws when not; the gateway may repeat it, also after the person has sent another: it is known by <see cref="InboundSms.Id"/>, or by its keyword and time,
    /// among the last sixteen of the person. A message that takes an opt-out back and was received before that opt-out is passed over.
    /// </summary>
    [Alias("receive")] Task<InboundOutcome> Receive(InboundSms message);
}

/// <summary>A message from a person.</summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.inbound-sms")]
public sealed record InboundSms
{
    /// <summary>Whose phone it came from, E.164; a missing plus sign is forgiven.</summary>
    [Id(0)] public required string From { get; init; }

    /// <summary>The sender number it was sent to, in the form in which it was set for an account, with or without a plus sign; empty when the gateway does not say: shared then.</summary>
    [Id(1)] public required string To { get; init; }

    /// <summary>What it says.</summary>
    [Id(2)] public required string Text { get; init; }

    /// <summary>When the gateway received it, UTC.</summary>
    [Id(3)] public required DateTimeOffset At { get; init; }

    /// <summary>The gateway's own name for the message, the same whenever it repeats it; null when it has none.</summary>
    [Id(4)] public string? Id { get; init; }
}

/// <summary>What came of a person's message.</summary>
public enum InboundOutcome
{
    /// <summary>The sender is opted out.</summary>
    OptedOut,

    /// <summary>The sender is no longer opted out.</summary>
    OptedIn,

    /// <summary>Its first word is none of ours; nothing was done.</summary>
    NoKeyword,

    /// <summary>It came from what is no mobile number; nothing was done, since nothing could ever be sent there.</summary>
    UnusableNumber,
}
