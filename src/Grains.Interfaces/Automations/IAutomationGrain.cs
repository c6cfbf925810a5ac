using Connect.Campaigns;

namespace Connect.Automations;

/// <summary>A flow that sends single messages around the clock. Key: <c>{accountId}/{flow}</c>.</summary>
[Alias("connect.automations.IAutomationGrain")]
public interface IAutomationGrain : IGrainWithStringKey
{
    /// <summary>Debits and sends one message. The operation id makes it happen once.</summary>
    [Alias("send")] Task<AutomationResult> Send(string operationId, string text, RecipientInput recipient);

    /// <summary>The flow in figures.</summary>
    [Alias("get")] Task<AutomationView> Get();
}

/// <summary>How an automation message ended.</summary>
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

    /// <summary>It may have been handed over; its credits stay spent and it is not sent again.</summary>
    Unknown,

    /// <summary>The operation id was used before for another message.</summary>
    OperationIdReused,

    /// <summary>The account was never opened.</summary>
    UnknownAccount,
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
}

/// <summary>A flow in figures.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.view")]
public sealed record AutomationView
{
    /// <summary>The flow's name.</summary>
    [Id(0)] public required string Flow { get; init; }

    /// <summary>Messages handed over.</summary>
    [Id(1)] public required long Sent { get; init; }

    /// <summary>Credits used.</summary>
    [Id(2)] public required long CreditsUsed { get; init; }

    /// <summary>Messages not sent for want of credits.</summary>
    [Id(3)] public required long NotSentOutOfCredits { get; init; }
}
