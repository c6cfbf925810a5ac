using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>What an account should know.</summary>
internal static class AlertEndpoints
{
    public static void MapAlerts(this RouteGroupBuilder account)
    {
        var group = account.MapGroup("/alerts").WithTags("Alerts");
        group.MapGroup("").Needs(Need.ReadCampaigns).MapGet("", List).WithName("listAlerts").WithSummary("What the account should know and nobody has dismissed, newest first.");
        group.MapGroup("").Needs(Need.UseCampaigns).MapPost("/{alertId}/dismiss", Dismiss)
            .WithName("dismissAlert").WithSummary("Somebody has seen it: it is not shown again to anybody. Repeating is harmless.");
    }

    private static async Task<Results<Ok<AlertsBody>, ProblemResult>> List(string accountId, Signed by, AlertsService alerts) =>
        (await alerts.List(by.Caller, accountId)).ToOk();

    private static async Task<Results<Ok<AlertsBody>, ProblemResult>> Dismiss(string accountId, string alertId, Signed by, AlertsService alerts) =>
        (await alerts.Dismiss(by.Caller, accountId, alertId)).ToOk();
}
