using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Connect.Api.Application;
using Connect.Api.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>Live updates as Server-Sent Events: <c>balance</c>, <c>campaign</c>, <c>alerts</c>, and <c>ping</c> as the heartbeat.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this RouteGroupBuilder account) =>
        account.MapGroup("").Needs(Need.ReadCampaigns).MapGet("/events", Watch).WithTags("Live").WithName("watchAccount")
            .WithSummary("Events: 'balance' with the credits, 'campaign' with the campaign, 'alerts' with how many there are to see, 'ping' as the heartbeat.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream");

    private static ServerSentEventsResult<object> Watch(string accountId, Signed by, LiveService live, HttpContext http, IHostApplicationLifetime lifetime) =>
        TypedResults.ServerSentEvents(Items(live, by.Caller!, accountId, lifetime.ApplicationStopping, http.RequestAborted));

    /// <summary>Ends with the request or with the program, whichever is first: an open stream must not hold up a shutdown.</summary>
    private static async IAsyncEnumerable<SseItem<object>> Items(
        LiveService live, Caller caller, string accountId, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        await foreach (var happening in live.Watch(caller, accountId, either.Token))
        {
            yield return happening switch
            {
                LiveEvent.Balance balance => new SseItem<object>(balance.Credits, "balance"),
                LiveEvent.Campaign campaign => new SseItem<object>(campaign.View, "campaign"),
                LiveEvent.Alerts alerts => new SseItem<object>(new { alerts.Count }, "alerts"),
                _ => new SseItem<object>(new { }, "ping"),
            };
        }
    }
}
