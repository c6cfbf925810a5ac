using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Connect.Automations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>Automation flows: single messages around the clock.</summary>
internal static class AutomationEndpoints
{
    public static void MapAutomations(this RouteGroupBuilder account)
    {
        var group = account.MapGroup("/automations/{flow}").WithTags("Automations");
        group.MapGroup("").Needs(Need.UseCampaigns).MapPost("/messages", Send).RequireIdempotencyKey("automations")
            .WithName("sendAutomationMessage").WithSummary("Debits and sends one message.");
        group.MapGroup("").Needs(Need.ReadCampaigns).MapGet("", Get).WithName("getAutomation").WithSummary("The flow in figures.");
    }

    private static async Task<Results<Ok<AutomationMessageBody>, ProblemResult>> Send(
        string accountId, string flow, AutomationMessageRequest request, HttpContext http, Signed by, AutomationsService automations)
    {
        if (request.Text is null)
            return Refuse.Validation("text", "Say what the message is.").ToHttp();
        var recipient = RecipientRequest.Read(new(request.To, request.Fields), "");
        return recipient.Problem is { } unreadable
            ? unreadable.ToHttp()
            : (await automations.Send(by.Caller, accountId, flow, RequestKey.Of(http).OperationId("automation"), request.Text, recipient.Value)).ToOk();
    }

    private static async Task<Results<Ok<AutomationView>, ProblemResult>> Get(string accountId, string flow, Signed by, AutomationsService automations) =>
        (await automations.Get(by.Caller, accountId, flow)).ToOk();
}
