using Connect.Grains.Automations.Engine;
using Connect.Messaging;
using Orleans.Concurrency;

namespace Connect.Grains.Automations;

/// <summary>What became of one message of a flow, for ever. Key: <c>{accountId}/{flow}/{operation}</c>; the message's id at the gateway is <c>{flow}:{operation}</c>. Every call may be repeated.</summary>
[Alias("connect.automations.IAutomationMessageGrain")]
public interface IAutomationMessageGrain : IGrainWithStringKey
{
    /// <summary>What is stored, or null. For its flow.</summary>
    [Alias("get")] Task<MessageState?> Get();

    /// <summary>Stores how it ended, unless an end of it is stored; returns what is. For its flow.</summary>
    [Alias("settle")] Task<MessageState> Settle(MessageState ended);

    /// <summary>Stores what a report says, once for a ticket; returns what it changed, or null. For its flow.</summary>
    [Alias("deliver")] Task<DeliveryMark?> Deliver(long ticket, DeliveryState state);

    /// <summary>Takes a delivery report: in any order, as often as it comes, also about a message that never was. Returns when it is durable and counted.</summary>
    // It calls the flow, which calls back.
    [Alias("report"), AlwaysInterleave] Task Report(DeliveryReport report);
}

/// <summary>The side of a flow that its messages pass delivery reports to.</summary>
[Alias("connect.automations.IAutomationReports")]
public interface IAutomationReports : IGrainWithStringKey
{
    /// <summary>Notes a report and counts what it changes. <paramref name="ended"/>: whether the message has ended; if not, the flow knows whether it is under way at all.</summary>
    [Alias("report")] Task Report(string operation, DeliveryState state, bool ended);
}
