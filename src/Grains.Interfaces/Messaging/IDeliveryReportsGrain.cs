using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Connect.Messaging;

/// <summary>Takes what carriers report about messages that were handed over. Key: 0.</summary>
[Alias("connect.messaging.IDeliveryReportsGrain")]
public interface IDeliveryReportsGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Notes some reports, of any accounts, in any order, as often as they come; a report about a message that is not known changes nothing. Returns once all of them are durable.
    /// When it throws, some may not be: give them again.
    /// </summary>
    [Alias("report")] Task Report(ImmutableArray<DeliveryReport> reports);
}

/// <summary>
/// What is reported about one message. <see cref="DeliveryState.Delivered"/> stands against anything reported before or after, <see cref="DeliveryState.Undelivered"/> against
/// <see cref="DeliveryState.Passed"/>. Any report proves that the message was handed over.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.delivery-report")]
public sealed record DeliveryReport
{
    /// <summary>The account that paid.</summary>
    [Id(0)] public required string AccountId { get; init; }

    /// <summary>What sent the message.</summary>
    [Id(1)] public required MessageKind Kind { get; init; }

    /// <summary>The campaign, or the flow of an automation.</summary>
    [Id(2)] public required string CampaignId { get; init; }

    /// <summary>The message's own id, as the gateway was given it.</summary>
    [Id(3)] public required string MessageId { get; init; }

    /// <summary>How far it came.</summary>
    [Id(4)] public required DeliveryState State { get; init; }

    /// <summary>Why it was not delivered, for logs.</summary>
    [Id(5)] public string? Reason { get; init; }
}
