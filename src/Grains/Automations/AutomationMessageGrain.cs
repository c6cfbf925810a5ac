using Connect.Accounts;
using Connect.Automations;
using Connect.Campaigns;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Connect.Grains.Automations;

/// <summary>Sends one message: saves the intent, debits, saves that it is being handed over, hands over, saves the outcome. Three small writes; forgotten from memory soon after.</summary>
[CollectionAgeLimit(Minutes = 3)]
public sealed class AutomationMessageGrain : Grain, IAutomationMessageGrain
{
    private static readonly TimeSpan GatewayTimeout = TimeSpan.FromSeconds(20);

    private readonly string _accountId;
    private readonly string _flow;
    private readonly string _operation;
    private readonly SavedState<MessageState> _state;
    private readonly ISmsGateway _gateway;
    private readonly MobileNumbers _numbers;
    private readonly PartRule _rule;
    private readonly TimeProvider _time;
    private readonly ILogger<AutomationMessageGrain> _logger;

    /// <summary>Made by Orleans.</summary>
    public AutomationMessageGrain(
        [PersistentState("automation-message", "grains")] IPersistentState<MessageState> state,
        ISmsGateway gateway,
        MobileNumbers numbers,
        IOptions<MessagingOptions> options,
        TimeProvider time,
        ILogger<AutomationMessageGrain> logger)
    {
        // Neither an account nor an operation has a slash.
        var key = this.GetPrimaryKeyString();
        var (first, last) = (key.IndexOf('/', StringComparison.Ordinal), key.LastIndexOf('/'));
        (_accountId, _flow, _operation) = (key[..first], key[(first + 1)..last], key[(last + 1)..]);
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
        (_gateway, _numbers, _rule, _time, _logger) = (gateway, numbers, options.Value.PartRule, time, logger);
    }

    private string DebitOperation => MessageRules.DebitOperation(_flow, _operation);

    private string Reference => $"automation {MessageRules.Operation(_flow)}";

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(_accountId);

    /// <inheritdoc/>
    public async Task<MessageReport> Send(long ticket, string text, RecipientInput recipient)
    {
        var template = new TextTemplate(text);
        var rendered = template.Render(template.Values(recipient.Fields));
        var number = _numbers.Normalize(recipient.To);
        var parts = PartCounter.Parts(rendered, _rule);
        if (_state.Exists && (number is null || _state.Value.Fingerprint != MessageRules.Fingerprint(number.Value, rendered)))
            return new() { Result = new() { Outcome = AutomationOutcome.OperationIdReused } };
        if (!_state.Exists)
        {
            if (MessageRules.Refuse(number, rendered, parts) is { } refusal)
                return new() { Result = new() { Outcome = refusal } };
            await Save(MessageRules.Begin(ticket, number!.Value, rendered, parts));
        }

        return await Finish();
    }

    /// <inheritdoc/>
    public async Task<MessageReport?> Resume() => _state.Exists ? await Finish() : null;

    private async Task<MessageReport> Finish()
    {
        var state = MessageRules.Interrupted(_state.Value);
        if (state.Phase == MessagePhase.Debiting)
        {
            var answer = await Account.Debit(new() { OperationId = DebitOperation, Reference = Reference, Credits = state.Parts });
            state = MessageRules.Debited(state, answer) ?? throw new InvalidOperationException($"The account refused {DebitOperation}: {answer.Outcome}.");
            if (state.Phase == MessagePhase.HandingOver)
            {
                // Before the message leaves: if the process dies from here on, it is unknown.
                await Save(state);
                state = MessageRules.HandedOver(state, await HandOver(state));
            }
        }

        if (state != _state.Value)
            await Save(state);
        if (state.Phase == MessagePhase.Reversing)
        {
            var answer = await Account.Reverse(new()
            {
                OperationId = MessageRules.ReversalOperation(DebitOperation),
                DebitOperationId = DebitOperation,
                Reference = Reference,
                Credits = state.Parts,
            });
            if (!answer.Holds)
                throw new InvalidOperationException($"The account refused to give back {DebitOperation}: {answer.Outcome}.");
            await Save(MessageRules.Reversed(state, answer.Available));
        }

        return new() { Result = MessageRules.Result(_state.Value), Ticket = _state.Value.Ticket };
    }

    private async Task<HandOverOutcome> HandOver(MessageState state)
    {
        try
        {
            var answer = await _gateway.Send(new()
            {
                AccountId = _accountId,
                CampaignId = _flow,
                MessageId = $"{_flow}:{_operation}",
                To = MobileNumbers.Format(state.Number),
                Text = state.Text,
                Parts = state.Parts,
                Kind = MessageKind.Automation,
            }).WaitAsync(GatewayTimeout, _time);
            return answer.Outcome;
        }
        catch (Exception failure)
        {
            _logger.LogWarning(failure, "The gateway gave no answer for a message of flow {Flow}", _flow);
            return HandOverOutcome.Unknown;
        }
    }

    private async Task Save(MessageState state)
    {
        try
        {
            await _state.Save(state);
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}
