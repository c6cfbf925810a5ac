using Connect.Messaging;

namespace Connect.Grains.Messaging;

/// <summary>Takes messages for delivery. An implementation is safe for concurrent use.</summary>
public interface ISmsGateway
{
    /// <summary>
    /// Hands one message over. An implementation that can not tell whether the message was taken (a lost answer, a time-out) answers <see cref="HandOverOutcome.Unknown"/>;
    /// an exception is read the same way. A caller never hands the same message over again after that. What it surely did not take for a reason that has nothing to do with the message
    /// (not reachable before anything was sent, too busy, a wrong password) is <see cref="HandOverOutcome.Unavailable"/>.
    /// </summary>
    Task<HandOver> Send(SmsMessage message);

    /// <summary>
    /// Waits until more messages may be handed over, and tells how many: 1 to <paramref name="wanted"/>, or 0 when it was cancelled before. So many messages that are marked
    /// <see cref="SmsMessage.Reserved"/> then wait for no rate, so that nobody has to declare messages under way that only wait for their turn. A gateway without a rate takes all at once.
    /// </summary>
    ValueTask<int> Reserve(int wanted, CancellationToken cancellationToken) => new(wanted);
}

/// <summary>One message to one recipient.</summary>
public readonly record struct SmsMessage
{
    /// <summary>The account that pays.</summary>
    public required string AccountId { get; init; }

    /// <summary>The campaign it belongs to, or the flow of an automation.</summary>
    public required string CampaignId { get; init; }

    /// <summary>The message's own id, the same however often it is tried: <c>{campaign}:{row}</c>, or an automation's operation id.</summary>
    public required string MessageId { get; init; }

    /// <summary>E.164.</summary>
    public required string To { get; init; }

    /// <summary>The text, rendered.</summary>
    public required string Text { get; init; }

    /// <summary>Parts that were counted and paid: 1 to 3.</summary>
    public required int Parts { get; init; }

    /// <summary>What it is part of.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>The sender that the phone shows; null for the gateway's own.</summary>
    public string? From { get; init; }

    /// <summary>Its place in the gateway's rate was reserved before.</summary>
    public bool Reserved { get; init; }
}

/// <summary>How a hand-over ended.</summary>
public enum HandOverOutcome
{
    /// <summary>The gateway took it.</summary>
    Accepted,

    /// <summary>The gateway did not take it and never will: it costs nothing.</summary>
    Refused,

    /// <summary>The gateway may have taken it.</summary>
    Unknown,

    /// <summary>
    /// The gateway surely did not take it, and says nothing about the message itself: it may be handed over again later. A campaign waits and goes on where it was, nothing fails by it.
    /// </summary>
    Unavailable,
}

/// <summary>The answer to one hand-over.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it was not accepted, for logs.</param>
public readonly record struct HandOver(HandOverOutcome Outcome, string? Reason = null)
{
    /// <summary>Taken; one task for all, since nothing else is to be told.</summary>
    public static readonly Task<HandOver> Accepted = Task.FromResult(new HandOver(HandOverOutcome.Accepted));
}
