using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Automations;
using Connect.Campaigns;

namespace Connect.Api.Application;

/// <summary>Single messages of automation flows.</summary>
public sealed class AutomationsService(GrainCalls calls)
{
    /// <summary>Debits and sends one message; the operation id makes it happen once.</summary>
    public async Task<AutomationAnswer> Send(Caller? caller, string accountId, string flow, string operationId, string text, RecipientInput recipient)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return new(refusal, Replayed: false);
        if (!Names.IsId(flow))
            return new(Refuse.Validation("flow", "A flow's name has 1 to 64 letters, digits, '-' or '_'."), Replayed: false);
        var result = await GrainCalls.Repeat(() => Flow(accountId, flow).Send(operationId, text, recipient));
        return new(result.Problem() is { } problem ? problem : new AutomationMessageBody(result.Outcome, result.Credits), result.Repeated);
    }

    /// <summary>A page of the account's flows in figures, by name.</summary>
    public async Task<Answer<AutomationsBody>> List(Caller? caller, string accountId, string after, int limit)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCampaigns) is { } refusal)
            return refusal;
        var names = await GrainCalls.Repeat(() => calls.Grains.GetGrain<IAutomationIndexGrain>(accountId).List(after, limit + 1));
        var flows = await Task.WhenAll(names.Take(limit).Select(flow => GrainCalls.Repeat(Flow(accountId, flow).Get)));
        return new AutomationsBody(flows, names.Length > limit ? names[limit - 1] : null);
    }

    /// <summary>The flow in figures; zeros for a flow that has sent nothing yet.</summary>
    public async Task<Answer<AutomationView>> Get(Caller? caller, string accountId, string flow)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCampaigns) is { } refusal)
            return refusal;
        return Names.IsId(flow) ? await GrainCalls.Repeat(Flow(accountId, flow).Get) : Refuse.NotFound("flow");
    }

    private IAutomationGrain Flow(string accountId, string flow) => calls.Grains.GetGrain<IAutomationGrain>($"{accountId}/{flow}");
}

/// <summary>How an automation message ended.</summary>
/// <param name="Status">Sent, failed (the gateway refused it, nothing was spent), unknown (it may have been handed over) or opted_out (the person wants none, nothing was spent).</param>
/// <param name="CreditsUsed">Credits spent.</param>
public sealed record AutomationMessageBody(AutomationOutcome Status, int CreditsUsed);

/// <summary>The answer to one message.</summary>
/// <param name="Answer">How it ended.</param>
/// <param name="Replayed">Whether an earlier request did it.</param>
public readonly record struct AutomationAnswer(Answer<AutomationMessageBody> Answer, bool Replayed);

/// <summary>Flows in figures.</summary>
/// <param name="Automations">The flows, by name.</param>
/// <param name="NextCursor">Pass as <c>after</c> for the next page; null at the end.</param>
public sealed record AutomationsBody(IReadOnlyList<AutomationView> Automations, string? NextCursor);
