using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Automations;
using Connect.Campaigns;

namespace Connect.Api.Application;

/// <summary>Single messages of automation flows.</summary>
public sealed class AutomationsService(GrainCalls calls)
{
    /// <summary>Debits and sends one message; the operation id makes it happen once.</summary>
    public async Task<Answer<AutomationMessageBody>> Send(Caller? caller, string accountId, string flow, string operationId, string text, RecipientInput recipient)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return refusal;
        if (!Names.IsId(flow))
            return Refuse.Validation("flow", "A flow's name has 1 to 64 letters, digits, '-' or '_'.");
        var result = await GrainCalls.Repeat(() => Flow(accountId, flow).Send(operationId, text, recipient));
        return result.Problem() is { } problem ? problem : new AutomationMessageBody(result.Outcome, result.Credits);
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
/// <param name="Status">Sent, failed (the gateway refused it, nothing was spent) or unknown (it may have been handed over).</param>
/// <param name="CreditsUsed">Credits spent.</param>
public sealed record AutomationMessageBody(AutomationOutcome Status, int CreditsUsed);
