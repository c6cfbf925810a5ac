using System.Reflection;
using Connect.Accounts;
using Connect.Api.Composition;
using Connect.Grains.Accounts;
using Connect.Sandbox.Stripe;
using Connect.Silo;

namespace Connect.Api.Tests;

/// <summary>Dependencies point one way: Api, Silo, Sandbox, Grains, Grains.Interfaces.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Interfaces = typeof(IAccountGrain).Assembly;
    private static readonly Assembly Grains = typeof(AccountGrain).Assembly;
    private static readonly Assembly Sandbox = typeof(StripeSandboxOptions).Assembly;
    private static readonly Assembly Silo = typeof(CreditsHosting).Assembly;
    private static readonly Assembly Api = typeof(CreditsApp).Assembly;

    [Fact]
    public void The_interfaces_know_no_other_project() => Assert.Empty(Projects(Interfaces));

    [Fact]
    public void The_grains_know_the_interfaces_only() => Assert.Equal([Name(Interfaces)], Projects(Grains));

    [Fact]
    public void The_sandbox_knows_grains_and_interfaces_only() => Assert.Subset(new HashSet<string> { Name(Interfaces), Name(Grains) }, Projects(Sandbox));

    [Fact]
    public void Nothing_knows_the_api()
    {
        foreach (var assembly in new[] { Interfaces, Grains, Sandbox, Silo })
            Assert.DoesNotContain(Name(Api), Projects(assembly));
    }

    [Fact]
    public void Engines_know_no_grain_runtime_storage_network_or_clock()
    {
        string[] forbidden = ["Orleans.Runtime", "Orleans.Grain", "Orleans.IGrain", "Microsoft.Extensions", "Microsoft.AspNetCore", "System.IO.File", "System.IO.Stream", "System.IO.Directory", "System.Net.", "System.Data", "Npgsql",
            "Stripe", "System.TimeProvider", "System.Threading.Tasks"];
        var engines = Grains.GetTypes().Where(type => type.Namespace?.StartsWith("Connect.Grains.", StringComparison.Ordinal) == true && type.Namespace.EndsWith(".Engine", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(engines);
        var findings =
            from type in engines
            from used in Used(type)
            let name = used.FullName ?? used.Name
            where forbidden.Any(start => name.StartsWith(start, StringComparison.Ordinal))
            select $"{type.FullName} uses {name}";
        Assert.Empty(findings.Distinct());
    }

    [Fact]
    public void The_application_layer_reaches_accounts_through_the_interfaces_only()
    {
        var inside = new[] { "Connect.Grains.", "Connect.Silo", "Connect.Sandbox" };
        var findings =
            from type in Api.GetTypes()
            where type.Namespace is "Connect.Api.Application" or "Connect.Api.Endpoints" or "Connect.Api.Auth" or "Connect.Api.Problems" or "Connect.Api.Idempotency"
            from used in Used(type)
            where inside.Any(start => (used.Namespace ?? "").StartsWith(start, StringComparison.Ordinal))
            select $"{type.FullName} uses {used.FullName}";
        Assert.Empty(findings.Distinct());
    }

    /// <summary>The types in a type's bases, members, and the bodies of its methods.</summary>
    private static IEnumerable<Type> Used(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var used = new List<Type?> { type.BaseType };
        used.AddRange(type.GetInterfaces());
        used.AddRange(type.GetFields(all).Select(field => field.FieldType));
        foreach (var method in type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)))
        {
            used.AddRange(method.GetParameters().Select(parameter => parameter.ParameterType));
            if (method is MethodInfo info)
                used.Add(info.ReturnType);
            used.AddRange(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []);
            used.AddRange(Called(method));
        }
        return used.OfType<Type>().SelectMany(Parts);
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];

    /// <summary>Owners of the members that a body's call, newobj and field instructions name. A byte that only looks like one names nothing and is passed over.</summary>
    private static IEnumerable<Type> Called(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at + 4 < code.Length; at++)
        {
            if (code[at] is not (0x28 or 0x6F or 0x73 or 0x7B or 0x7C or 0x7E))
                continue;
            MemberInfo? member;
            try
            {
                member = method.Module.ResolveMember(BitConverter.ToInt32(code, at + 1), method.DeclaringType?.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);
            }
            catch (Exception error) when (error is ArgumentException or BadImageFormatException or MissingMemberException or TypeLoadException)
            {
                continue;
            }
            if (member?.DeclaringType is { } owner)
                yield return owner;
        }
    }

    private static string Name(Assembly assembly) => assembly.GetName().Name!;

    private static HashSet<string> Projects(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("Credits.", StringComparison.Ordinal))];
}
