using System.Collections;
using System.Reflection;
using System.Text.Json.Nodes;
using Newtonsoft.Json;
using Stripe;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>What Stripe.net knows of an answer, by the names that it gives its properties in JSON.</summary>
public static class ClientShapes
{
    private static readonly Dictionary<string, Type> Kinds = typeof(StripeEntity).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsGenericType: false } && typeof(StripeEntity).IsAssignableFrom(type) && typeof(IHasObject).IsAssignableFrom(type))
        .Where(type => type.GetProperty("Object") is not null)
        .GroupBy(Snake).ToDictionary(group => group.Key, group => group.First());

    /// <summary>The members that Stripe.net does not know, each as <c>Type.member</c>.</summary>
    public static IReadOnlySet<string> Unknown(JsonObject answer)
    {
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        if (answer["error"] is JsonObject error)
            Check(error, typeof(StripeError), unknown);
        else if ((string?)answer["object"] == "list")
            Check(answer["data"], typeof(List<IHasObject>), unknown);
        else
            Check(answer, typeof(IHasObject), unknown);
        return unknown;
    }

    private static void Check(JsonNode? value, Type type, ISet<string> unknown)
    {
        if (value is JsonArray items)
        {
            var element = type.IsGenericType ? type.GetGenericArguments()[0] : typeof(object);
            foreach (var item in items)
                Check(item, element, unknown);
            return;
        }

        if (value is not JsonObject members || typeof(IDictionary).IsAssignableFrom(type))
            return;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ExpandableField<>))
            type = type.GetGenericArguments()[0];
        if (type.IsInterface)
        {
            var kind = (string)members["object"]!;
            if (!Kinds.TryGetValue(kind, out var known))
            {
                unknown.Add($"object {kind}");
                return;
            }

            type = known;
        }

        if (type.Namespace?.StartsWith("Stripe", StringComparison.Ordinal) != true)
            return;
        var properties = Properties(type);
        foreach (var (name, inner) in members)
        {
            if (properties.TryGetValue(name, out var property))
                Check(inner, property, unknown);
            else
                unknown.Add($"{type.Name}.{name}");
        }
    }

    private static Dictionary<string, Type> Properties(Type type) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Select(property => (property.GetCustomAttribute<JsonPropertyAttribute>()?.PropertyName, property.PropertyType))
        .Where(property => property.PropertyName is not null)
        .GroupBy(property => property.PropertyName!).ToDictionary(group => group.Key, group => group.First().PropertyType);

    // Stripe.Radar.EarlyFraudWarning is radar.early_fraud_warning.
    private static string Snake(Type type) => string.Join('.', type.FullName!.Split('.')[1..].Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName));
}
