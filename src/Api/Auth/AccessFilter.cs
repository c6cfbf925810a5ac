using Connect.Api.Problems;

namespace Connect.Api.Auth;

/// <summary>Asks <see cref="Access"/> before a handler looks at its request, so that who may not enter learns nothing else.</summary>
internal static class AccessFilter
{
    /// <summary>The endpoints of the group need that of their caller, for the account in the address.</summary>
    public static RouteGroupBuilder Needs(this RouteGroupBuilder group, Need need) => group.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        var caller = Caller.From(http.User);
        var accountId = http.GetRouteValue("accountId") as string ?? caller?.AccountId ?? "";
        return Access.Refusal(caller, accountId, need) is { } refusal ? refusal.ToHttp() : await next(context);
    });
}
