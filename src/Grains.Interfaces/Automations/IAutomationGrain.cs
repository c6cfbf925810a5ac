using System.Collections.Immutable;
using Connect.Campaigns;

namespace Connect.Automations;

/// <summary>A flow that sends single messages around the clock. Key: <c>{accountId}/{flow}</c>.</summary>
[Alias("connect.automations.IAutomationGrain")]
public interface IAutomationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Debits and sends one message. The operation id makes it happen once, and its first answer stands for ever; only <see cref="AutomationOutcome.GatewayUnavailable"/> and messages that could not be
    /// sent to anybody (number, text) leave it free for another try.
    /// </summary>
    [Alias("send")] Task<AutomationResult> Send(string operationId, string text, RecipientInput recipient);

    /// <summary>The flow in figures.</summary>
    [Alias("get")] Task<AutomationView> Get();
}

/// <summary>How an automation message ended. Stored: add at the end.</summary>
public enum AutomationOutcome
{
    /// <summary>Handed over and accepted.</summary>
    Sent,

    /// <summary>Not enough credits; nothing was sent or spent.</summary>
    NotSentOutOfCredits,

    /// <summary>The number is malformed; nothing was spent.</summary>
    InvalidNumber,

    /// <summary>The text is empty.</summary>
    EmptyText,

    /// <summary>The text needs more than three parts; nothing was spent.</summary>
    MessageTooLong,

    /// <summary>The gateway refused it; nothing was spent.</summary>
    Failed,

    /// <summary>It may have been handed over; its credits stay spent and it is not sent again. A delivery report makes it <see cref="Sent"/>.</summary>
    Unknown,

    /// <summary>The operation id was used before for another message.</summary>
    OperationIdReused,

    /// <summary>The account was never opened.</summary>
    UnknownAccount,

    /// <summary>The person wants no messages; nothing was sent or spent.</summary>
    OptedOut,

    /// <summary>The gateway could not be reached for some seconds; nothing was sent or spent, and the same operation id may be tried again.</summary>
    GatewayUnavailable,

    /// <summary>The account has as many flows as it may have; nothing was sent or spent.</summary>
    TooManyFlows,
}

/// <summary>The answer to one automation message.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.result")]
public sealed record AutomationResult
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required AutomationOutcome Outcome { get; init; }

    /// <summary>Credits spent.</summary>
    [Id(1)] public int Credits { get; init; }

    /// <summary>Credits it needs, when it was not sent for want of them.</summary>
    [Id(2)] public int Required { get; init; }

    /// <summary>Available credits after it.</summary>
    [Id(3)] public long Available { get; init; }

    /// <summary>Whether another call did it, and this one was only told.</summary>
    [Id(4)] public bool Repeated { get; init; }
}

/// <summary>A flow in figures.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.view")]
public sealed record AutomationView
{
    /// <summary>The flow's name.</summary>
    [Id(0)] public required string Flow { get; init; }

    /// <summary>Messages handed over. Those of before unknown ones were counted by themselves include them.</summary>
    [Id(1)] public required long Sent { get; init; }

    /// <summary>Credits used, also by unknown messages.</summary>
    [Id(2)] public required long CreditsUsed { get; init; }

    /// <summary>Messages not sent for want of credits.</summary>
    [Id(3)] public required long NotSentOutOfCredits { get; init; }

    /// <summary>Messages that the gateway refused.</summary>
    [Id(4)] public long Failed { get; init; }

    /// <summary>Messages that may have been handed over, and no report has shown it.</summary>
    [Id(5)] public long Unknown { get; init; }

    /// <summary>Messages to people who want none.</summary>
    [Id(6)] public long OptedOut { get; init; }

    /// <summary>Of those sent: with the phone.</summary>
    [Id(7)] public long Delivered { get; init; }

    /// <summary>Of those sent: given up by the carrier.</summary>
    [Id(8)] public long Undelivered { get; init; }

    /// <summary>The last 30 days, today last, each with zeros where nothing was.</summary>
    [Id(9)] public ImmutableArray<AutomationDay> Days { get; init; } = [];
}

/// <summary>One day of a flow, by UTC. A message belongs to the day on which it ended.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.day")]
public sealed record AutomationDay
{
    /// <summary>The day.</summary>
    [Id(0)] public required DateOnly Day { get; init; }

    /// <summary>Messages handed over.</summary>
    [Id(1)] public long Sent { get; init; }

    /// <summary>Credits used.</summary>
    [Id(2)] public long CreditsUsed { get; init; }

    /// <summary>Messages not sent for want of credits.</summary>
    [Id(3)] public long NotSentOutOfCredits { get; init; }
}
