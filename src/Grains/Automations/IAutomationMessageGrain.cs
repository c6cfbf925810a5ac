using Connect.Automations;
using Connect.Campaigns;

namespace Connect.Grains.Automations;

/// <summary>One message of a flow, from its debit to its outcome. Key: <c>{accountId}/{flow}/{operation}</c>. Called by its flow only; every call may be repeated.</summary>
[Alias("connect.automations.IAutomationMessageGrain")]
public interface IAutomationMessageGrain : IGrainWithStringKey
{
    /// <summary>Sends the message, or answers as the first time. <paramref name="ticket"/>: the flow's number for this call.</summary>
    [Alias("send")] Task<MessageReport> Send(long ticket, string text, RecipientInput recipient);

    /// <summary>Finishes what a crash interrupted; null when nothing was begun.</summary>
    [Alias("resume")] Task<MessageReport?> Resume();
}

/// <summary>How a message ended, and which call it was that sent it.</summary>
[GenerateSerializer, Immutable, Alias("connect.automations.message-report")]
public sealed record MessageReport
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required AutomationResult Result { get; init; }

    /// <summary>The ticket of the call that began it; 0 when nothing was begun. Only that one counts in the flow's figures.</summary>
    [Id(1)] public long Ticket { get; init; }
}
