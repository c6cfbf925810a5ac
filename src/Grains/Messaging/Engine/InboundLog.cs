using System.Collections.Immutable;
using Connect.Grains.Storage;
using Connect.Messaging;

namespace Connect.Grains.Messaging.Engine;

/// <summary>
/// The messages of one person to one list of opt-outs that were last done, so that one which a gateway repeats or brings late does not undo what the person said after it. Pure; what changes
/// nothing gives the same log back. In doubt it is for the opt-out.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.inbound-log")]
public sealed record InboundLog : SavedRecord
{
    /// <summary>How many messages it remembers.</summary>
    public const int MaxKept = 16;

    /// <summary>What tells the messages apart, oldest first.</summary>
    [Id(0)] public ImmutableArray<string> Done { get; init; } = [];

    /// <summary>When the gateway received the last message that opted out, UTC; null when none has.</summary>
    [Id(1)] public DateTimeOffset? OptedOutAt { get; init; }

    /// <summary>
    /// Whether a message is still to be done: it was not before, and, if it takes an opt-out back, was not received before that opt-out. A message that opts out is not judged by its time:
    /// the clock of a gateway can be wrong.
    /// </summary>
    public bool IsNew(InboundSms message, InboundWish wish) => !Done.Contains(Name(message)) && !(wish == InboundWish.OptIn && message.At < OptedOutAt);

    /// <summary>The log with a message that was done now. A time that is yet to come is taken for now, or no opt-out could be taken back until then.</summary>
    public InboundLog With(InboundSms message, InboundWish wish, DateTimeOffset now) => this with
    {
        Done = [.. Done.Append(Name(message)).TakeLast(MaxKept)],
        OptedOutAt = wish == InboundWish.OptOut ? message.At < now ? message.At : now : OptedOutAt,
    };

    // The gateway's own name for it, or else its content and time.
    private static string Name(InboundSms message) => message.Id is { Length: > 0 } id ? id : $"{message.At.UtcTicks}:{InboundKeywords.Read(message.Text).Word}";
}
